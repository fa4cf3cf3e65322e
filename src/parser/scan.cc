#include "parser/scan.h"

namespace grizzly::parser::scan {

size_t SkipLineComment(std::string_view text, size_t at) {
  while (at < text.size() && text[at] != '\n' && text[at] != '\r') ++at;
  return at;
}

size_t SkipBlockComment(std::string_view text, size_t at) {
  size_t depth = 0;
  while (at + 1 < text.size()) {
    if (text[at] == '/' && text[at + 1] == '*') {
      ++depth;
      at += 2;
    } else if (text[at] == '*' && text[at + 1] == '/') {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return text.size();
}

size_t SkipQuoted(std::string_view text, size_t at, char quote, bool backslashes) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == quote) {
      if (at + 1 >= text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    } else if (backslashes && text[at] == '\\') {
      ++at;
    }
  }
  return text.size();
}

size_t SkipDollarQuoted(std::string_view text, size_t at) {
  size_t end = at + 1;
  if (end < text.size() && IsIdentifierStart(text[end])) {
    while (end < text.size() && (IsIdentifierStart(text[end]) || IsDigit(text[end]))) ++end;
  }
  if (end >= text.size() || text[end] != '$') return at;
  const std::string_view tag = text.substr(at, end + 1 - at);
  const size_t close = text.find(tag, end + 1);
  return close == std::string_view::npos ? text.size() : close + tag.size();
}

size_t SkipBlanks(std::string_view text, size_t at) {
  while (at < text.size()) {
    if (IsBlank(text[at])) {
      ++at;
    } else if (text[at] == '-' && at + 1 < text.size() && text[at + 1] == '-') {
      at = SkipLineComment(text, at);
    } else if (text[at] == '/' && at + 1 < text.size() && text[at + 1] == '*') {
      at = SkipBlockComment(text, at);
    } else {
      break;
    }
  }
  return at;
}

}  // namespace grizzly::parser::scan
