// upper, lower, initcap; Unicode normalization; unistr.
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/string/collation.h"
#include "types/collation.h"
#include "types/text.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

char AsciiUpper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool IsAsciiWord(char c) {
  return (c >= '0' && c <= '9') || (AsciiUpper(c) >= 'A' && AsciiUpper(c) <= 'Z');
}

icu::UnicodeString ToIcu(View text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}
std::string FromIcu(const icu::UnicodeString& text) {
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

// Turkish has its own i. Empty: ASCII alone has case.
std::string LocaleOf(Oid collation, std::string_view purpose) {
  return IsByteCollation(collation) ? std::string() : types::CollationLocale(collation, purpose);
}
icu::Locale IcuLocale(const std::string& locale) { return icu::Locale(locale.c_str()); }

std::string Upper(const CallSite& call, View text) {
  const std::string locale = LocaleOf(call.collation, "upper() function");
  if (!locale.empty()) return FromIcu(ToIcu(text).toUpper(IcuLocale(locale)));
  std::string upper(text);
  for (char& c : upper) c = AsciiUpper(c);
  return upper;
}
std::string Lower(const CallSite& call, View text) {
  return LowerText(text, call.collation, "lower() function");
}
std::string Initcap(const CallSite& call, View text) {
  const std::string locale = LocaleOf(call.collation, "initcap() function");
  if (!locale.empty()) return FromIcu(ToIcu(text).toTitle(nullptr, IcuLocale(locale)));
  std::string capital(text);
  bool in_word = false;
  for (char& c : capital) {
    c = in_word ? AsciiLower(c) : AsciiUpper(c);
    in_word = IsAsciiWord(c);
  }
  return capital;
}

const icu::Normalizer2& NormalForm(View form) {
  std::string name;
  for (char c : form) name += AsciiUpper(c);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = nullptr;
  if (name == "NFC") normalizer = icu::Normalizer2::getNFCInstance(status);
  if (name == "NFD") normalizer = icu::Normalizer2::getNFDInstance(status);
  if (name == "NFKC") normalizer = icu::Normalizer2::getNFKCInstance(status);
  if (name == "NFKD") normalizer = icu::Normalizer2::getNFKDInstance(status);
  if (normalizer == nullptr) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid normalization form: {}", form));
  }
  return *normalizer;
}
std::string Normalize(View text, View form) {
  UErrorCode status = U_ZERO_ERROR;
  return FromIcu(NormalForm(form).normalize(ToIcu(text), status));
}
bool IsNormalized(View text, View form) {
  UErrorCode status = U_ZERO_ERROR;
  return NormalForm(form).isNormalized(ToIcu(text), status) != 0;
}

[[noreturn]] void ThrowEscape() {
  throw SqlError(SqlState::kSyntaxError, "invalid Unicode escape")
      .Hint("Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.");
}
[[noreturn]] void ThrowPair() {
  throw SqlError(SqlState::kSyntaxError, "invalid Unicode surrogate pair");
}

// \XXXX, \+XXXXXX, \uXXXX, \UXXXXXXXX and \\.
class UnicodeEscapes {
 public:
  explicit UnicodeEscapes(View text) : text_(text) {}

  std::string Decode() {
    while (at_ < text_.size()) {
      if (text_[at_] != '\\') {
        if (high_ != 0) ThrowPair();
        out_ += text_[at_++];
      } else if (text_.substr(at_ + 1, 1) == "\\") {
        if (high_ != 0) ThrowPair();
        out_ += '\\';
        at_ += 2;
      } else {
        Append(Escape());
      }
    }
    if (high_ != 0) ThrowPair();
    return std::move(out_);
  }

 private:
  uint32_t Escape() {
    ++at_;
    size_t digits = 4;
    if (at_ < text_.size()) {
      const char kind = text_[at_];
      if (kind == '+') digits = 6;
      if (kind == 'U') digits = 8;
      if (kind == '+' || kind == 'u' || kind == 'U') ++at_;
    }
    if (at_ + digits > text_.size()) ThrowEscape();
    uint32_t code = 0;
    for (size_t i = 0; i < digits; ++i) {
      const char c = AsciiLower(text_[at_ + i]);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) ThrowEscape();
      code = code * 16 + static_cast<uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    at_ += digits;
    return code;
  }

  void Append(uint32_t code) {
    const bool is_low = code >= 0xDC00 && code <= 0xDFFF;
    if ((high_ != 0) != is_low) ThrowPair();
    if (code >= 0xD800 && code <= 0xDBFF) {
      high_ = code;
      return;
    }
    if (is_low) code = 0x10000 + ((high_ - 0xD800) << 10) + (code - 0xDC00);
    high_ = 0;
    if (code == 0 || code > 0x10FFFF) {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("invalid Unicode code point: {:04X}", code));
    }
    types::AppendUtf8(out_, code);
  }

  View text_;
  size_t at_ = 0;
  uint32_t high_ = 0;  // the first half of a surrogate pair
  std::string out_;
};

std::string Unistr(View text) { return UnicodeEscapes(text).Decode(); }

// Only single-byte encodings go to ASCII; the database's is UTF8.
std::string ToAscii(View) {
  throw SqlError(SqlState::kFeatureNotSupported,
                 "encoding conversion from UTF8 to ASCII not supported");
}

}  // namespace

std::string LowerText(View text, Oid collation, View purpose) {
  const std::string locale = LocaleOf(collation, purpose);
  if (!locale.empty()) return FromIcu(ToIcu(text).toLower(IcuLocale(locale)));
  std::string lower(text);
  for (char& c : lower) c = AsciiLower(c);
  return lower;
}

void RegisterTextCase(Registry& registry) {
  registry.AddScalar("upper", Cold<&Upper>);
  registry.AddScalar("lower", Cold<&Lower>);
  registry.AddScalar("initcap", Cold<&Initcap>);
  registry.AddScalar("unicode_normalize_func", Cold<&Normalize>);
  registry.AddScalar("unicode_is_normalized", Cold<&IsNormalized>);
  registry.AddScalar("unistr", Cold<&Unistr>);
  registry.AddScalar("to_ascii_default", Cold<&ToAscii>);
}

}  // namespace grizzly::functions
