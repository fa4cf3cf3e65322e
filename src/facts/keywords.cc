#include "facts/keywords.h"

#include "facts/table.h"

namespace grizzly::facts {

namespace {

bool StartsIdentifier(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

}  // namespace

const KeywordFact* FindKeyword(std::string_view word) {
  return table::Find(AllKeywords(), word, [](const KeywordFact& row) { return row.word; });
}

bool IdentifierNeedsQuotes(std::string_view identifier) {
  if (identifier.empty() || !StartsIdentifier(identifier.front())) return true;
  for (char c : identifier) {
    if (!StartsIdentifier(c) && !(c >= '0' && c <= '9')) return true;
  }
  const KeywordFact* keyword = FindKeyword(identifier);
  return keyword != nullptr && keyword->catcode != 'U';
}

}  // namespace grizzly::facts
