// Walking SQL text token by token without building anything: what is a blank, where does a quoted
// thing end. Shared by the nesting guard and the literal lifter; for this module's .cc files.
//
// SOURCE   PostgreSQL 15 docs, 4.1 "Lexical Structure"
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace grizzly::parser::scan {

inline bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsIdentifierStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
inline bool IsIdentifierPart(char c) { return IsIdentifierStart(c) || IsDigit(c) || c == '$'; }
inline bool IsOperatorCharacter(char c) {
  switch (c) {
    case '~': case '!': case '@': case '#': case '^': case '&': case '|': case '`': case '?':
    case '+': case '-': case '*': case '/': case '%': case '<': case '>': case '=':
      return true;
    default:
      return false;
  }
}

// Each takes the position of the opening character(s) and gives the position behind the closing one;
// text.size() when it never closes.
size_t SkipLineComment(std::string_view text, size_t at);
size_t SkipBlockComment(std::string_view text, size_t at);  // they nest
// Doubled quotes stay inside; with `backslashes` (E'...'), so do escaped ones.
size_t SkipQuoted(std::string_view text, size_t at, char quote, bool backslashes);
// $tag$ ... $tag$; `at` itself when no dollar quote starts here.
size_t SkipDollarQuoted(std::string_view text, size_t at);
// Blanks and comments.
size_t SkipBlanks(std::string_view text, size_t at);

}  // namespace grizzly::parser::scan
