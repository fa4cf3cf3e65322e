// Words without their endings. The one door to libstemmer.
//
// THREADS  a stemmer per thread and language.
// SOURCE   Snowball (libstemmer)
#pragma once

#include <string>
#include <string_view>

namespace grizzly::functions {

// Throws 42704 for a language that has none.
void RequireStemmer(std::string_view language);
// Of a word in lower case. Throws as RequireStemmer.
std::string Stem(std::string_view language, const std::string& word);

}  // namespace grizzly::functions
