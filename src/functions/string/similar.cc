// SIMILAR TO: SQL's regular expressions, rewritten as PostgreSQL's.
//
// ERRORS  22019 invalid escape string, 22025
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/text.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

class SimilarPattern {
 public:
  SimilarPattern(View pattern, View escape) : in_(pattern), escape_(escape) {}

  std::string Translate() {
    out_ = "^(?:";
    while (at_ < in_.size()) {
      const View character = in_.substr(at_, types::Utf8CharBytes(in_[at_]));
      at_ += character.size();
      if (after_escape_) {
        Escaped(character);
        after_escape_ = false;
      } else if (!escape_.empty() && character == escape_) {
        after_escape_ = true;
      } else if (in_brackets_) {
        InBrackets(character);
      } else {
        Plain(character);
      }
    }
    return out_ + ")$";
  }

 private:
  void Escaped(View character) {
    if (character == "\"" && !in_brackets_) {
      Separator();
      return;
    }
    // Letters are not escapes of the regular expression: their backslash goes.
    out_ += '\\';
    out_ += character;
  }

  // The escaped quotes part the pattern: what is before, the piece to return, what is after.
  void Separator() {
    if (separators_ == 0) {
      // The first part takes as little as it can, as "?" after its first character says.
      out_.insert(4, "");
      out_ = "^(?:" + out_.substr(4) + "){1,1}?(";
    } else if (separators_ == 1) {
      out_ += "){1,1}(?:";
    } else {
      throw SqlError(SqlState::kInvalidUseOfEscapeCharacter,
                     "SQL regular expression may not contain more than two escape-double-quote "
                     "separators");
    }
    ++separators_;
  }

  void InBrackets(View character) {
    if (character == "\\") out_ += '\\';
    out_ += character;
    if (character == "]") in_brackets_ = false;
  }

  void Plain(View character) {
    if (character == "[") {
      out_ += '[';
      in_brackets_ = true;
    } else if (character == "%") {
      out_ += ".*";
    } else if (character == "_") {
      out_ += '.';
    } else if (character == "(") {
      out_ += "(?:";
    } else if (character == "\\" || character == "." || character == "^" || character == "$") {
      out_ += '\\';
      out_ += character;
    } else {
      out_ += character;
    }
  }

  View in_;
  View escape_;
  size_t at_ = 0;
  bool after_escape_ = false;
  bool in_brackets_ = false;
  int separators_ = 0;
  std::string out_;
};

std::string SimilarWithEscape(View pattern, View escape) {
  if (!escape.empty() && types::Utf8CharBytes(escape[0]) != escape.size()) {
    throw SqlError(SqlState::kInvalidEscapeSequence, "invalid escape string")
        .Hint("Escape string must be empty or one character.");
  }
  return SimilarPattern(pattern, escape).Translate();
}
std::string Similar(View pattern) { return SimilarPattern(pattern, "\\").Translate(); }
// The older form takes NULL as "no escape given".
std::optional<std::string> SimilarOrNull(std::optional<View> pattern, std::optional<View> escape) {
  if (!pattern.has_value()) return std::nullopt;
  return SimilarWithEscape(*pattern, escape.value_or("\\"));
}

}  // namespace

void RegisterSimilar(Registry& registry) {
  registry.AddScalar("similar_to_escape_1", Cold<&Similar>);
  registry.AddScalar("similar_to_escape_2", Cold<&SimilarWithEscape>);
  registry.AddScalar("similar_escape", Cold<&SimilarOrNull>);
}

}  // namespace grizzly::functions
