#include "types/jsonpath_lexer.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/text.h"

namespace grizzly::types {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpecial(char c) {
  return std::string_view("?%$.[]{}()|&!=<>@#,*:-+/").find(c) != std::string_view::npos;
}
// What a word is made of.
bool IsOther(char c) { return c != '\0' && !IsBlank(c) && !IsSpecial(c) && c != '\\' && c != '"'; }
int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

void JsonPathLexer::Throw(std::string_view message) const {
  throw SqlError(SqlState::kSyntaxError,
                 matched_.empty()
                     ? fmt::format("{} at end of jsonpath input", message)
                     : fmt::format("{} at or near \"{}\" of jsonpath input", message, matched_));
}

bool JsonPathLexer::IsKeyword(std::string_view keyword) const {
  if (token_ != JsonPathToken::kWord) return false;
  if (keyword == "null" || keyword == "true" || keyword == "false") return value_ == keyword;
  return std::equal(value_.begin(), value_.end(), keyword.begin(), keyword.end(),
                    [](char a, char b) { return Lower(a) == b; });
}

bool JsonPathLexer::SkipBlanks() {
  const size_t start = at_;
  while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  if (at_ > start) matched_ = text_.substr(start, at_ - start);
  return at_ > start;
}

void JsonPathLexer::SkipComment() {
  const size_t end = text_.find("*/", at_ + 2);
  if (end == std::string_view::npos) {
    at_ = text_.size();
    matched_ = {};
    Throw("unexpected end of comment");
  }
  at_ = end + 2;
}

void JsonPathLexer::Next() {
  while (SkipBlanks() || (Peek() == '/' && Peek(1) == '*')) {
    if (Peek() == '/' && Peek(1) == '*') SkipComment();
  }
  value_.clear();
  high_surrogate_ = 0;
  matched_ = {};
  if (at_ >= text_.size()) {
    token_ = JsonPathToken::kEnd;
    return;
  }
  const char c = Peek();
  if (c == '$' && Peek(1) == '"') {
    ++at_;
    LexQuoted(JsonPathToken::kVariable);
  } else if (c == '$' && IsOther(Peek(1))) {
    const size_t start = at_++;
    while (IsOther(Peek())) value_ += text_[at_++];
    matched_ = text_.substr(start, at_ - start);
    token_ = JsonPathToken::kVariable;
  } else if (c == '"') {
    LexQuoted(JsonPathToken::kString);
  } else if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) {
    LexNumber();
  } else if (IsSpecial(c)) {
    LexOperator();
  } else {
    LexWord();
  }
}

void JsonPathLexer::LexOperator() {
  struct Operator {
    std::string_view text;
    JsonPathToken token;
  };
  static constexpr Operator kOperators[] = {
      {"&&", JsonPathToken::kAndAnd},      {"||", JsonPathToken::kOrOr},
      {"**", JsonPathToken::kStarStar},    {"<=", JsonPathToken::kLessOrEqual},
      {"==", JsonPathToken::kEqual},       {"<>", JsonPathToken::kNotEqual},
      {"!=", JsonPathToken::kNotEqual},    {">=", JsonPathToken::kGreaterOrEqual},
      {"!", JsonPathToken::kBang},         {"<", JsonPathToken::kLess},
      {">", JsonPathToken::kGreater},
  };
  token_ = JsonPathToken::kPunctuation;
  size_t size = 1;
  for (const Operator& op : kOperators) {
    if (!text_.substr(at_).starts_with(op.text)) continue;
    token_ = op.token;
    size = op.text.size();
    break;
  }
  matched_ = text_.substr(at_, size);
  at_ += size;
}

// The longest of a number, a number with a letter stuck to it (an error), and a word: "0x1" is a word.
void JsonPathLexer::LexNumber() {
  const size_t start = at_;
  size_t end = at_;
  if (text_[end] == '0') {
    ++end;
  } else {
    while (end < text_.size() && IsDigit(text_[end])) ++end;
  }
  token_ = JsonPathToken::kInteger;
  if (end < text_.size() && text_[end] == '.') {
    token_ = JsonPathToken::kDecimal;
    ++end;
    while (end < text_.size() && IsDigit(text_[end])) ++end;
  }
  bool is_exponent_cut = false;
  if (end < text_.size() && Lower(text_[end]) == 'e') {
    size_t exponent = end + 1;
    if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
    const size_t digits = exponent;
    while (exponent < text_.size() && IsDigit(text_[exponent])) ++exponent;
    if (exponent > digits) {
      token_ = JsonPathToken::kDecimal;
      end = exponent;
    } else if (digits > end + 1) {
      is_exponent_cut = true;
      end = digits;
    }
  }
  const bool has_junk = !is_exponent_cut && end < text_.size() && IsOther(text_[end]);
  if (has_junk) end = std::min(end + Utf8CharBytes(text_[end]), text_.size());
  size_t word = start;
  while (word < text_.size() && IsOther(text_[word])) ++word;
  if (word > end) {
    LexWord();
    return;
  }
  matched_ = text_.substr(start, end - start);
  if (has_junk || is_exponent_cut) Throw("trailing junk after numeric literal");
  at_ = end;
  value_ = std::string(matched_);
}

void JsonPathLexer::LexQuoted(JsonPathToken kind) {
  token_ = kind;
  ++at_;
  while (true) {
    if (at_ >= text_.size()) {
      matched_ = {};
      Throw("unexpected end of quoted string");
    }
    const char c = text_[at_];
    if (c == '\\') {
      LexEscape();
      continue;
    }
    NoPendingSurrogate();
    if (c == '"') break;
    value_ += c;
    ++at_;
  }
  matched_ = text_.substr(at_++, 1);
}

void JsonPathLexer::LexWord() {
  token_ = JsonPathToken::kWord;
  while (at_ < text_.size()) {
    if (text_[at_] == '\\') {
      LexEscape();
      continue;
    }
    NoPendingSurrogate();
    if (!IsOther(text_[at_])) break;
    value_ += text_[at_++];
  }
  NoPendingSurrogate();
  matched_ = {};
  const size_t start = at_;
  while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  matched_ = text_.substr(start, at_ - start);
}

void JsonPathLexer::NoPendingSurrogate() const {
  if (high_surrogate_ == 0) return;
  throw SqlError(SqlState::kInvalidTextRepresentation, "invalid input syntax for type jsonpath")
      .Detail("Unicode low surrogate must follow a high surrogate.");
}

void JsonPathLexer::LexEscape() {
  const char c = Peek(1);
  if (c == 'u') {
    LexUnicodeEscape();
    return;
  }
  NoPendingSurrogate();
  if (at_ + 1 >= text_.size()) {
    matched_ = text_.substr(at_);
    Throw("unexpected end after backslash");
  }
  if (c == 'x') {
    const int high = HexDigit(Peek(2));
    const int low = high < 0 ? -1 : HexDigit(Peek(3));
    if (low < 0) {
      matched_ = text_.substr(at_, high < 0 ? 2 : 3);
      Throw("invalid hex character sequence");
    }
    AddCodePoint(static_cast<uint32_t>(high * 16 + low));
    at_ += 4;
    return;
  }
  constexpr std::string_view kLetters = "bfnrtv";
  constexpr std::string_view kMeanings = "\b\f\n\r\t\v";
  const size_t letter = kLetters.find(c);
  if (letter != std::string_view::npos) {
    value_ += kMeanings[letter];
    at_ += 2;
    return;
  }
  const size_t size = Utf8CharBytes(c);
  value_ += text_.substr(at_ + 1, size);
  at_ = std::min(at_ + 1 + size, text_.size());
}

void JsonPathLexer::LexUnicodeEscape() {
  const size_t start = at_;
  size_t end = at_ + 2;
  const bool braced = end < text_.size() && text_[end] == '{';
  if (braced) ++end;
  const size_t digits_max = braced ? 6 : 4;
  uint32_t code = 0;
  size_t digits = 0;
  for (; digits < digits_max && end < text_.size() && HexDigit(text_[end]) >= 0; ++digits) {
    code = code * 16 + static_cast<uint32_t>(HexDigit(text_[end++]));
  }
  const bool is_whole = braced ? digits > 0 && end < text_.size() && text_[end] == '}' : digits == 4;
  if (!is_whole) {
    matched_ = text_.substr(start, end - start);
    Throw("invalid unicode sequence");
  }
  at_ = braced ? end + 1 : end;
  AddCodePoint(code);
}

void JsonPathLexer::AddCodePoint(uint32_t code) {
  const auto fail = [](const char* detail) {
    throw SqlError(SqlState::kInvalidTextRepresentation, "invalid input syntax for type jsonpath")
        .Detail(detail);
  };
  if (code >= 0xD800 && code <= 0xDBFF) {
    if (high_surrogate_ != 0) fail("Unicode high surrogate must not follow a high surrogate.");
    high_surrogate_ = code;
    return;
  }
  if (code >= 0xDC00 && code <= 0xDFFF) {
    if (high_surrogate_ == 0) fail("Unicode low surrogate must follow a high surrogate.");
    code = 0x10000 + ((high_surrogate_ & 0x3FF) << 10) + (code & 0x3FF);
    high_surrogate_ = 0;
  } else {
    NoPendingSurrogate();
  }
  if (code == 0) {
    throw SqlError(SqlState::kUntranslatableCharacter, "unsupported Unicode escape sequence")
        .Detail("\\u0000 cannot be converted to text.");
  }
  AppendUtf8(value_, code);
}

}  // namespace grizzly::types
