// LIKE: % is any text, _ one character, the escape (a backslash) makes the next one plain.
//
// ERRORS  22025 LIKE pattern must not end with escape character; only where matching gets there
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace grizzly::functions {

bool MatchLike(std::string_view text, std::string_view pattern);
// For bytea: _ is one byte.
bool MatchLikeBytes(std::string_view text, std::string_view pattern);

// A pattern prepared for many texts.
class LikePattern {
 public:
  explicit LikePattern(std::string_view pattern);
  bool Matches(std::string_view text) const;

 private:
  std::string pattern_;
  bool is_plain_ = false;   // only % as special character: a search for the pieces, in order
  bool open_start_ = false;
  bool open_end_ = false;
  std::vector<std::string_view> pieces_;
};

}  // namespace grizzly::functions
