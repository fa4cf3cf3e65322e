// Text search dictionaries and configurations: tokens to lexemes.
//
// Built-in ones are facts, those that users made are found through the thread's type directory
// (types/text_search_source.h).
// THREADS  an analyzer belongs to one thread.
// SOURCE   PostgreSQL 15 docs, 12.6 "Dictionaries"
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids/ids.h"
#include "functions/text_search/dictionary_options.h"
#include "functions/text_search/token_parser.h"

namespace grizzly::functions {

// Throws XX000 when there is none of the oid, and as MakeDictionary.
Dictionary FindDictionary(Oid oid);

// What a dictionary makes of a word: none (nullopt), a stop word (empty), or its lexemes.
std::optional<std::vector<std::string>> Lexize(const Dictionary& dictionary, std::string_view word);

// A lexeme of a text, with its place: 1, 2, ... over all tokens that a dictionary knew.
struct PlacedLexeme {
  std::string text;
  int place = 0;
};

// A configuration with its dictionaries.
class TextAnalyzer {
 public:
  // Throws XX000 when there is none of the oid.
  explicit TextAnalyzer(Oid configuration);

  // The dictionaries that are asked for tokens of a type, in order.
  std::vector<const Dictionary*> DictionariesFor(TokenType type) const;
  // What the first dictionary that knows the token makes of it; nullopt: none does.
  std::optional<std::vector<std::string>> LexemesOf(const Token& token) const;
  // Words beyond what a tsvector can hold are passed over. Places go on after *place.
  std::vector<PlacedLexeme> LexemesOf(std::string_view text, int* place) const;

 private:
  void Add(int token_type, Oid dictionary);

  std::vector<Dictionary> dictionaries_;
  std::map<int, std::vector<size_t>> chains_;  // by token type, numbers in dictionaries_
};

}  // namespace grizzly::functions
