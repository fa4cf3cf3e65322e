// Translation of PostgreSQL's advanced regular expressions to PCRE2's syntax.
#pragma once

#include <string>
#include <string_view>

#include "functions/string/regex.h"

namespace grizzly::functions {

struct TranslatedRegex {
  std::string pattern;
  bool has_alternatives = false;
  bool has_back_references = false;
  bool has_lookaround = false;
  bool is_lazy = false;   // the first quantifier prefers the shortest match
  bool has_mixed_greed = false;  // others prefer otherwise: the first decides about the whole match
  RegexFlags flags;       // with the pattern's own: ***= and (?i)
};

// Throws 2201B.
TranslatedRegex TranslateAre(std::string_view pattern, RegexFlags flags);
[[noreturn]] void ThrowInvalidRegex(std::string_view what);

}  // namespace grizzly::functions
