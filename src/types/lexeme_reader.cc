#include "types/lexeme_reader.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/integer.h"

namespace grizzly::types {

void LexemeReader::SkipBlanks() {
  while (!AtEnd() && IsBlank(Peek())) ++at_;
}

bool LexemeReader::EndsWord(char c) const {
  if (IsBlank(c)) return true;
  return is_query_ && (c == '&' || c == '|' || c == '!' || c == '(' || c == ')' || c == '<');
}

std::string LexemeReader::Word() {
  std::string word;
  const auto take_escaped = [&] {
    ++at_;
    if (AtEnd()) {
      throw SqlError(SqlState::kSyntaxError,
                     fmt::format("there is no escaped character: \"{}\"", text_));
    }
    word += text_[at_++];
  };
  if (Skip('\'')) {
    while (true) {
      if (AtEnd()) ThrowSyntax();
      if (Peek() == '\\') {
        take_escaped();
      } else if (Peek() == '\'') {
        ++at_;
        if (Peek() != '\'') break;
        word += '\'';
        ++at_;
      } else {
        word += text_[at_++];
      }
    }
    if (word.empty()) ThrowSyntax();
    return word;
  }
  while (!AtEnd() && !EndsWord(Peek())) {
    if (Peek() == ':' && !word.empty()) break;
    if (Peek() == '\\') {
      take_escaped();
    } else {
      word += text_[at_++];
    }
  }
  return word;
}

void LexemeReader::ThrowSyntax() const { Throw("syntax error"); }

void LexemeReader::Throw(const char* message) const {
  throw SqlError(SqlState::kSyntaxError, fmt::format("{} in {}: \"{}\"", message, kind_, text_));
}

}  // namespace grizzly::types
