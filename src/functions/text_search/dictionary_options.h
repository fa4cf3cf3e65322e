// The options of a text search dictionary, and what its template makes of them.
//
// SOURCE  PostgreSQL 15 docs, 12.6 "Dictionaries"; the running server for its errors
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids/ids.h"

namespace grizzly::functions {

using DictionaryOptions = std::vector<std::pair<std::string, std::string>>;

// "language = 'english', stopwords = 'english'", as pg_ts_dict.dictinitoption has them.
DictionaryOptions ParseDictionaryOptions(std::string_view text);
std::string DictionaryOptionsText(const DictionaryOptions& options);

// A dictionary ready to be asked. Of the templates simple and snowball.
struct Dictionary {
  Oid oid = kInvalidOid;
  std::string language;    // snowball's; empty: words are not stemmed
  std::string stop_words;  // name of the list; empty: none
  bool accepts = true;     // simple's: false: words that are no stop words go on to the next dictionary
};

// Throws 22023, 42601 for options the template does not take, 42704 for a language without a stemmer, F0000 for
// stop words that are not there, 0A000 for the other templates.
Dictionary MakeDictionary(Oid template_oid, const DictionaryOptions& options);

}  // namespace grizzly::functions
