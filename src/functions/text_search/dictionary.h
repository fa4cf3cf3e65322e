// Text search dictionaries and configurations: tokens to lexemes. The one door to libstemmer.
//
// THREADS  a stemmer per thread; everything else is constant.
// SOURCE   PostgreSQL 15 docs, 12.6 "Dictionaries"; Snowball (libstemmer)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids/ids.h"
#include "functions/text_search/token_parser.h"

namespace grizzly::functions {

// What a built-in dictionary makes of a word: none (nullopt), a stop word (empty), or its lexemes.
// Throws 42704 for a dictionary that is none of PostgreSQL's own.
std::optional<std::vector<std::string>> Lexize(Oid dictionary, std::string_view word);

// The dictionaries a configuration asks for a token, in order. Throws as Lexize.
std::vector<Oid> DictionariesFor(Oid configuration, TokenType type);

// A lexeme of a text, with its place: 1, 2, ... over all tokens that a dictionary knew.
struct PlacedLexeme {
  std::string text;
  int place = 0;
};
// Words beyond what a tsvector can hold are passed over. Places go on after *place.
std::vector<PlacedLexeme> LexemesOf(Oid configuration, std::string_view text, int* place);

}  // namespace grizzly::functions
