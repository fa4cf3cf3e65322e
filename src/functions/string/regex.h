// PostgreSQL's advanced regular expressions (AREs) through PCRE2: the one door to that library.
//
// The pattern is translated (are_syntax.h). Matching is longest-leftmost where alternatives could make
// a difference: the end of the match comes from PCRE2's DFA matcher, the groups from a second pass
// held to that end.
//
// ERRORS  2201B invalid regular expression: ...; 22023 for bad flags
// LIMITS  kRegexCacheEntries compiled patterns are kept per thread
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace grizzly::functions {

inline constexpr size_t kRegexCacheEntries = 32;

struct RegexFlags {
  bool caseless = false;         // i; c undoes it
  bool quoted = false;           // q: no special characters
  bool expanded = false;         // x: blanks and comments in the pattern
  bool dot_skips_newline = false;    // n, m, p: . and [^...] do not match a newline
  bool anchors_at_newline = false;   // n, m, w: ^ and $ match at lines
  bool global = false;           // g: only some functions take it
  bool operator==(const RegexFlags&) const = default;
};

// The option letters of the regexp functions. Throws 22023 for an unknown one.
RegexFlags ParseRegexFlags(std::string_view letters);

// Byte offsets in the subject; {-1, -1} for a group that took no part.
struct RegexSpan {
  int64_t start = -1;
  int64_t end = -1;
};

class Regex {
 public:
  Regex(std::string_view pattern, const RegexFlags& flags);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  // The first match at or after byte `from`; spans[0] is the whole, then the groups.
  bool Search(std::string_view subject, size_t from, std::vector<RegexSpan>& spans) const;
  // Whether there is a match at all.
  bool Matches(std::string_view subject) const;
  uint32_t group_count() const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

// From this thread's cache; valid until kRegexCacheEntries other patterns were asked for.
const Regex& CachedRegex(std::string_view pattern, const RegexFlags& flags);

}  // namespace grizzly::functions
