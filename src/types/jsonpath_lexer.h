// Tokens of jsonpath text. For jsonpath_parser.cc.
#pragma once

#include <string>
#include <string_view>

namespace grizzly::types {

enum class JsonPathToken : uint8_t {
  kEnd, kWord, kString, kVariable, kInteger, kDecimal,
  kAndAnd, kOrOr, kBang, kStarStar, kLess, kLessOrEqual, kEqual, kNotEqual, kGreater,
  kGreaterOrEqual,
  kPunctuation,  // one character: punctuation()
};

class JsonPathLexer {
 public:
  explicit JsonPathLexer(std::string_view text) : text_(text) {}

  void Next();
  JsonPathToken token() const { return token_; }
  char punctuation() const { return token_ == JsonPathToken::kPunctuation ? matched_[0] : '\0'; }
  // A word, string or variable without escapes; a number as written.
  const std::string& value() const { return value_; }
  // Whether the word is this keyword: in any case, but null, true and false only in lower case.
  bool IsKeyword(std::string_view keyword) const;

  // 42601 `message`, at what was read last.
  [[noreturn]] void Throw(std::string_view message) const;

 private:
  char Peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool SkipBlanks();
  void SkipComment();
  void LexOperator();
  void LexNumber();
  void LexQuoted(JsonPathToken kind);
  void LexWord();
  void LexEscape();
  void LexUnicodeEscape();
  void AddCodePoint(uint32_t code);
  void NoPendingSurrogate() const;

  const std::string_view text_;
  JsonPathToken token_ = JsonPathToken::kEnd;
  size_t at_ = 0;
  std::string_view matched_;  // the last piece of text that made the token; what errors show
  std::string value_;
  uint32_t high_surrogate_ = 0;  // waiting for its low one
};

}  // namespace grizzly::types
