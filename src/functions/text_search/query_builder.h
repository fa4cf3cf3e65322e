// Text into tsqueries through a configuration: to_tsquery() and its kin.
#pragma once

#include <string_view>

#include "base/ids/ids.h"
#include "functions/text_search/query_tree.h"

namespace grizzly::functions {

enum class QuerySyntax : uint8_t {
  kOperators,  // to_tsquery: as tsquery's input, words through the dictionaries
  kWords,      // plainto_tsquery: all of them
  kPhrase,     // phraseto_tsquery: in that order
  kWeb,        // websearch_to_tsquery: "phrases", or, -not; never an error
};

// Null: nothing but stop words; `*only_stop_words` then says whether there was anything at all.
TsNodePointer BuildTsQuery(Oid configuration, std::string_view text, QuerySyntax syntax,
                           bool* only_stop_words);

}  // namespace grizzly::functions
