#include "types/json_lexer.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/text.h"

namespace grizzly::types {
namespace {

constexpr size_t kContextBytes = 50;  // how much of the line an error shows

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordByte(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<uint8_t>(c) >= 0x80;
}

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Bytes of a number at the front of `text`: -? int frac? exp?. When it is none, *valid is false and
// the result is how far it looked like one.
size_t NumberBytes(std::string_view text, bool* valid) {
  size_t at = 0;
  *valid = true;
  const auto digits = [&] {
    const size_t start = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    if (at == start) *valid = false;
  };
  if (at < text.size() && text[at] == '-') ++at;
  if (at < text.size() && text[at] == '0') {
    ++at;
  } else {
    digits();
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    digits();
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    digits();
  }
  return at;
}

}  // namespace

void JsonLexer::Next() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' ||
                                text_[at_] == '\r')) {
    if (text_[at_++] == '\n') {
      ++line_;
      line_start_ = at_;
    }
  }
  token_start_ = at_;
  if (at_ == text_.size()) {
    token_ = JsonToken::kEnd;
    return;
  }
  const auto take = [this](JsonToken token) {
    token_ = token;
    ++at_;
  };
  const char c = text_[at_];
  switch (c) {
    case '{': take(JsonToken::kObjectStart); return;
    case '}': take(JsonToken::kObjectEnd); return;
    case '[': take(JsonToken::kArrayStart); return;
    case ']': take(JsonToken::kArrayEnd); return;
    case ',': take(JsonToken::kComma); return;
    case ':': take(JsonToken::kColon); return;
    case '"': LexString(); return;
    default: break;
  }
  if (c == '-' || IsDigit(c)) {
    LexNumber();
  } else {
    LexWord();
  }
}

void JsonLexer::LexString() {
  token_ = JsonToken::kString;
  string_.clear();
  high_surrogate_ = 0;
  ++at_;
  while (true) {
    if (at_ == text_.size()) ThrowInvalidToken();
    const char c = text_[at_];
    if (c == '"') break;
    if (static_cast<uint8_t>(c) < 32) {
      Throw(fmt::format("Character with value 0x{:02x} must be escaped.", static_cast<uint8_t>(c)));
    }
    if (c == '\\') {
      LexEscape();
      continue;
    }
    NoLoneSurrogate();
    if (decode_) string_ += c;
    ++at_;
  }
  NoLoneSurrogate();
  ++at_;
}

void JsonLexer::NoLoneSurrogate() const {
  if (high_surrogate_ == 0) return;
  // The error shows the text through the character that is no low surrogate.
  JsonLexer here = *this;
  ++here.at_;
  here.Throw("Unicode low surrogate must follow a high surrogate.");
}

void JsonLexer::LexEscape() {
  const size_t backslash = at_++;
  if (at_ == text_.size()) ThrowInvalidToken();
  const char c = text_[at_];
  if (c == 'u') {
    LexUnicodeEscape();
    return;
  }
  char decoded = c;
  switch (c) {
    case '"':
    case '\\':
    case '/': break;
    case 'b': decoded = '\b'; break;
    case 'f': decoded = '\f'; break;
    case 'n': decoded = '\n'; break;
    case 'r': decoded = '\r'; break;
    case 't': decoded = '\t'; break;
    default: {
      at_ = std::min(at_ + Utf8CharBytes(c), text_.size());
      Throw(fmt::format("Escape sequence \"{}\" is invalid.",
                        text_.substr(backslash, at_ - backslash)));
    }
  }
  NoLoneSurrogate();
  if (decode_) string_ += decoded;
  ++at_;
}

void JsonLexer::LexUnicodeEscape() {
  uint32_t code = 0;
  for (int i = 0; i < 4; ++i) {
    ++at_;
    if (at_ == text_.size()) ThrowInvalidToken();
    const int digit = HexValue(text_[at_]);
    if (digit < 0) {
      at_ = std::min(at_ + Utf8CharBytes(text_[at_]), text_.size());
      Throw("\"\\u\" must be followed by four hexadecimal digits.");
    }
    code = code * 16 + static_cast<uint32_t>(digit);
  }
  ++at_;
  if (!decode_) return;
  if (code >= 0xD800 && code <= 0xDBFF) {
    if (high_surrogate_ != 0) Throw("Unicode high surrogate must not follow a high surrogate.");
    high_surrogate_ = code;
    return;
  }
  if (code >= 0xDC00 && code <= 0xDFFF) {
    if (high_surrogate_ == 0) Throw("Unicode low surrogate must follow a high surrogate.");
    code = 0x10000 + ((high_surrogate_ - 0xD800) << 10) + (code - 0xDC00);
    high_surrogate_ = 0;
  }
  if (high_surrogate_ != 0) Throw("Unicode low surrogate must follow a high surrogate.");
  if (code == 0) Throw("\\u0000 cannot be converted to text.", /*unsupported_escape=*/true);
  AppendUtf8(string_, code);
}

void JsonLexer::LexNumber() {
  bool valid;
  at_ += NumberBytes(text_.substr(at_), &valid);
  // What is no number is shown with all that clings to it.
  for (; at_ < text_.size() && IsWordByte(text_[at_]); ++at_) valid = false;
  if (!valid) ThrowInvalidToken();
  token_ = JsonToken::kNumber;
}

void JsonLexer::LexWord() {
  while (at_ < text_.size() && IsWordByte(text_[at_])) ++at_;
  if (at_ == token_start_) {
    ++at_;
    ThrowInvalidToken();
  }
  const std::string_view word = token_text();
  if (word == "true") {
    token_ = JsonToken::kTrue;
  } else if (word == "false") {
    token_ = JsonToken::kFalse;
  } else if (word == "null") {
    token_ = JsonToken::kNull;
  } else {
    ThrowInvalidToken();
  }
}

void JsonLexer::ThrowExpected(const char* expected) const {
  if (token_ == JsonToken::kEnd) Throw("The input string ended unexpectedly.");
  Throw(fmt::format("Expected {}, but found \"{}\".", expected, token_text()));
}

void JsonLexer::ThrowInvalidToken() const {
  Throw(fmt::format("Token \"{}\" is invalid.", token_text()));
}

void JsonLexer::Throw(std::string detail, bool unsupported_escape) const {
  throw SqlError(unsupported_escape ? SqlState::kUntranslatableCharacter
                                    : SqlState::kInvalidTextRepresentation,
                 unsupported_escape ? "unsupported Unicode escape sequence"
                                    : "invalid input syntax for type json")
      .Detail(std::move(detail))
      .Context(Context());
}

std::string JsonLexer::Context() const {
  size_t start = line_start_;
  while (at_ - start >= kContextBytes) start += Utf8CharBytes(text_[start]);
  if (start - line_start_ <= 3) start = line_start_;
  const bool goes_on = token_ != JsonToken::kEnd && at_ < text_.size() && text_[at_] != '\n' &&
                       text_[at_] != '\r';
  return fmt::format("JSON data, line {}: {}{}{}", line_, start > line_start_ ? "..." : "",
                     text_.substr(start, at_ - start), goes_on ? "..." : "");
}

bool IsJsonNumber(std::string_view text) {
  bool valid;
  return NumberBytes(text, &valid) == text.size() && valid;
}

}  // namespace grizzly::types
