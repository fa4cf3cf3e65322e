// Words of tsvector and tsquery text: plain, or in quotes, with backslash escapes. For text_search.
#pragma once

#include <string>
#include <string_view>

namespace grizzly::types {

class LexemeReader {
 public:
  // `kind` for errors: "tsvector" or "tsquery".
  LexemeReader(std::string_view text, const char* kind, bool is_query)
      : text_(text), kind_(kind), is_query_(is_query) {}

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool AtEnd() const { return at_ == text_.size(); }
  void Advance() { ++at_; }
  bool Skip(char c) {
    if (AtEnd() || Peek() != c) return false;
    ++at_;
    return true;
  }
  void SkipBlanks();
  std::string_view rest() const { return text_.substr(at_); }
  void AdvanceBy(size_t bytes) { at_ += bytes; }

  // The word at the current place; empty when there is none.
  std::string Word();
  [[noreturn]] void ThrowSyntax() const;
  [[noreturn]] void Throw(const char* message) const;  // "<message> in tsvector: ..." style

 private:
  bool EndsWord(char c) const;

  const std::string_view text_;
  const char* const kind_;
  const bool is_query_;
  size_t at_ = 0;
};

}  // namespace grizzly::types
