// Tokens of JSON text, and the errors that name them. For json.cc.
#pragma once

#include <string>
#include <string_view>

#include "types/json.h"

namespace grizzly::types {

enum class JsonToken : uint8_t {
  kEnd, kString, kNumber, kObjectStart, kObjectEnd, kArrayStart, kArrayEnd, kComma, kColon,
  kTrue, kFalse, kNull,
};

class JsonLexer {
 public:
  // `decode`: strings are unescaped into string(), and their escapes fully checked.
  JsonLexer(std::string_view text, bool decode) : text_(text), decode_(decode) {}

  void Next();
  JsonToken token() const { return token_; }
  std::string_view token_text() const { return text_.substr(token_start_, at_ - token_start_); }
  size_t token_start() const { return token_start_; }
  size_t token_end() const { return at_; }
  const std::string& string() const { return string_; }

  // `expected`: "JSON value", "\",\" or \"]\"" ...
  [[noreturn]] void ThrowExpected(const char* expected) const;

 private:
  void LexString();
  void LexEscape();
  void LexUnicodeEscape();
  void LexNumber();
  void LexWord();
  void NoLoneSurrogate() const;
  [[noreturn]] void ThrowInvalidToken() const;
  // The token ends at at_.
  [[noreturn]] void Throw(std::string detail, bool unsupported_escape = false) const;
  std::string Context() const;

  const std::string_view text_;
  const bool decode_;
  JsonToken token_ = JsonToken::kNull;  // of the last good token, when one is bad
  size_t at_ = 0;           // end of the current token
  size_t token_start_ = 0;
  size_t line_start_ = 0;
  int line_ = 1;
  std::string string_;
  uint32_t high_surrogate_ = 0;  // waiting for its low one
};

}  // namespace grizzly::types
