#include "functions/text_search/dictionary.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/text_search.h"
#include "functions/text_search/stemmer.h"
#include "types/text_search.h"
#include "types/text_search_source.h"
#include "types/type_directory.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

// As the database's locale has it, which is C.
std::string LowerText(View text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

bool IsStopWord(View list, View word) {
  const auto words = facts::AllStopWords();
  const auto found = std::lower_bound(
      words.begin(), words.end(), std::pair(list, word), [](const auto& fact, const auto& key) {
        return std::pair(fact.list, fact.word) < key;
      });
  return found != words.end() && found->list == list && found->word == word;
}

// Words this long are not stemmed: they are no words.
constexpr size_t kStemBytesMax = 1000;

const types::TextSearchSource* Source() {
  return dynamic_cast<const types::TextSearchSource*>(types::CurrentTypeDirectory());
}

}  // namespace

Dictionary FindDictionary(Oid oid) {
  std::optional<types::TextSearchDictionary> found;
  for (const auto& fact : facts::AllTextSearchDictionaries()) {
    if (fact.oid == oid) found = {fact.dicttemplate, std::string(fact.dictinitoption)};
  }
  if (!found.has_value() && Source() != nullptr) found = Source()->DictionaryOf(oid);
  if (!found.has_value()) {
    throw SqlError(SqlState::kInternalError,
                   fmt::format("cache lookup failed for text search dictionary {}", oid));
  }
  Dictionary dictionary = MakeDictionary(found->template_oid, ParseDictionaryOptions(found->options));
  dictionary.oid = oid;
  return dictionary;
}

std::optional<std::vector<std::string>> Lexize(const Dictionary& dictionary, View word) {
  std::string lower = LowerText(word);
  const bool is_snowball = !dictionary.language.empty();
  if (is_snowball && word.size() > kStemBytesMax) return std::vector{lower};
  if (lower.empty() || (!dictionary.stop_words.empty() && IsStopWord(dictionary.stop_words, lower))) {
    return std::vector<std::string>();
  }
  if (is_snowball) return std::vector{Stem(dictionary.language, lower)};
  if (!dictionary.accepts) return std::nullopt;
  return std::vector{lower};
}

TextAnalyzer::TextAnalyzer(Oid configuration) {
  const auto mappings = facts::AllTextSearchMappings();
  const auto from = std::lower_bound(
      mappings.begin(), mappings.end(), configuration,
      [](const facts::TextSearchMappingFact& fact, Oid oid) { return fact.mapcfg < oid; });
  if (from != mappings.end() && from->mapcfg == configuration) {
    for (auto it = from; it != mappings.end() && it->mapcfg == configuration; ++it) {
      Add(it->maptokentype, it->mapdict);
    }
    return;
  }
  std::optional<std::vector<types::TextSearchMapping>> made;
  if (Source() != nullptr) made = Source()->MappingsOf(configuration);
  if (!made.has_value()) {
    throw SqlError(SqlState::kInternalError,
                   fmt::format("cache lookup failed for text search configuration {}", configuration));
  }
  for (const types::TextSearchMapping& mapping : *made) Add(mapping.token_type, mapping.dictionary);
}

void TextAnalyzer::Add(int token_type, Oid dictionary) {
  auto known = std::find_if(dictionaries_.begin(), dictionaries_.end(),
                            [&](const Dictionary& candidate) { return candidate.oid == dictionary; });
  if (known == dictionaries_.end()) {
    known = dictionaries_.insert(known, FindDictionary(dictionary));
  }
  chains_[token_type].push_back(static_cast<size_t>(known - dictionaries_.begin()));
}

std::vector<const Dictionary*> TextAnalyzer::DictionariesFor(TokenType type) const {
  std::vector<const Dictionary*> dictionaries;
  const auto chain = chains_.find(static_cast<int>(type));
  if (chain == chains_.end()) return dictionaries;
  for (const size_t number : chain->second) dictionaries.push_back(&dictionaries_[number]);
  return dictionaries;
}

std::optional<std::vector<std::string>> TextAnalyzer::LexemesOf(const Token& token) const {
  const auto chain = chains_.find(static_cast<int>(token.type));
  if (chain == chains_.end()) return std::nullopt;
  for (const size_t number : chain->second) {
    auto lexemes = Lexize(dictionaries_[number], token.text);
    if (lexemes.has_value()) return lexemes;
  }
  return std::nullopt;
}

std::vector<PlacedLexeme> TextAnalyzer::LexemesOf(View text, int* place) const {
  std::vector<PlacedLexeme> lexemes;
  for (const Token& token : ParseTokens(text)) {
    if (token.text.size() > types::kLexemeBytesMax) continue;
    std::optional<std::vector<std::string>> made = LexemesOf(token);
    if (!made.has_value()) continue;
    ++*place;  // a stop word takes its place, too
    for (std::string& lexeme : *made) lexemes.push_back({std::move(lexeme), *place});
  }
  return lexemes;
}

}  // namespace grizzly::functions
