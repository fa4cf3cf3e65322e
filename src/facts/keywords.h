// SQL keywords, from facts/keywords.csv (pg_get_keywords()). Constant; any thread; nothing throws.
#pragma once

#include <span>
#include <string_view>

namespace grizzly::facts {

struct KeywordFact {
  std::string_view word;
  char catcode;    // U unreserved, C not a function or type name, T reserved but function or type
                   // name, R reserved
  bool barelabel;  // may be a column label without AS
  std::string_view catdesc;
  std::string_view baredesc;
};

// By the word in lower case; null if it is no keyword.
const KeywordFact* FindKeyword(std::string_view word);
// Whether quote_ident() must quote this identifier: it is not plain lower case ASCII letters,
// digits and underscores starting with a letter or underscore, or it is a keyword not unreserved.
bool IdentifierNeedsQuotes(std::string_view identifier);
// Sorted by word.
std::span<const KeywordFact> AllKeywords();

}  // namespace grizzly::facts
