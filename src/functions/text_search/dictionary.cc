#include "functions/text_search/dictionary.h"

#include <libstemmer.h>

#include <algorithm>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/text_search.h"
#include "types/text_search.h"

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

// `name = 'value'` of a dictionary's options; empty when it is not there.
View OptionOf(View options, View name) {
  const std::string start = fmt::format("{} = '", name);
  const size_t at = options.find(start);
  if (at == View::npos) return {};
  const size_t begin = at + start.size();
  return options.substr(begin, options.find('\'', begin) - begin);
}

bool IsStopWord(View list, View word) {
  const auto words = facts::AllStopWords();
  const auto found = std::lower_bound(
      words.begin(), words.end(), std::pair(list, word), [](const auto& fact, const auto& key) {
        return std::pair(fact.list, fact.word) < key;
      });
  return found != words.end() && found->list == list && found->word == word;
}

struct StemmerDeleter {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

std::string Stem(View language, const std::string& word) {
  thread_local std::map<std::string, std::unique_ptr<sb_stemmer, StemmerDeleter>, std::less<>> stemmers;
  auto found = stemmers.find(language);
  if (found == stemmers.end()) {
    const std::string name(language);
    std::unique_ptr<sb_stemmer, StemmerDeleter> made(sb_stemmer_new(name.c_str(), "UTF_8"));
    if (made == nullptr) {
      throw SqlError(SqlState::kUndefinedObject,
                     fmt::format("no Snowball stemmer available for language \"{}\" and encoding "
                                 "\"UTF8\"", language));
    }
    found = stemmers.emplace(name, std::move(made)).first;
  }
  const sb_symbol* stemmed =
      sb_stemmer_stem(found->second.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                      static_cast<int>(word.size()));
  if (stemmed == nullptr) throw SqlError(SqlState::kOutOfMemory, "out of memory");
  return {reinterpret_cast<const char*>(stemmed),
          static_cast<size_t>(sb_stemmer_length(found->second.get()))};
}

const facts::TextSearchDictionaryFact& FindDictionary(Oid oid) {
  for (const auto& fact : facts::AllTextSearchDictionaries()) {
    if (fact.oid == oid) return fact;
  }
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("text search dictionary with OID {} does not exist", oid));
}

// Words this long are not stemmed: they are no words.
constexpr size_t kStemBytesMax = 1000;

}  // namespace

std::optional<std::vector<std::string>> Lexize(Oid dictionary, View word) {
  const facts::TextSearchDictionaryFact& fact = FindDictionary(dictionary);
  std::string lower = LowerText(word);
  const View language = OptionOf(fact.dictinitoption, "language");
  if (word.size() > kStemBytesMax) return std::vector{lower};
  const View stop_words = OptionOf(fact.dictinitoption, "stopwords");
  if (lower.empty() || (!stop_words.empty() && IsStopWord(stop_words, lower))) {
    return std::vector<std::string>();
  }
  if (!language.empty()) lower = Stem(language, lower);
  return std::vector{lower};
}

std::vector<Oid> DictionariesFor(Oid configuration, TokenType type) {
  const auto mappings = facts::AllTextSearchMappings();
  const auto from = std::lower_bound(
      mappings.begin(), mappings.end(), configuration,
      [](const facts::TextSearchMappingFact& fact, Oid oid) { return fact.mapcfg < oid; });
  if (from == mappings.end() || from->mapcfg != configuration) {
    throw SqlError(SqlState::kUndefinedObject,
                   fmt::format("cache lookup failed for text search configuration {}",
                               configuration));
  }
  std::vector<Oid> dictionaries;
  for (auto it = from; it != mappings.end() && it->mapcfg == configuration; ++it) {
    if (it->maptokentype == static_cast<int>(type)) dictionaries.push_back(it->mapdict);
  }
  return dictionaries;
}

std::vector<PlacedLexeme> LexemesOf(Oid configuration, View text, int* place) {
  std::vector<PlacedLexeme> lexemes;
  for (const Token& token : ParseTokens(text)) {
    if (token.text.size() > types::kLexemeBytesMax) continue;
    for (const Oid dictionary : DictionariesFor(configuration, token.type)) {
      std::optional<std::vector<std::string>> made = Lexize(dictionary, token.text);
      if (!made.has_value()) continue;
      ++*place;  // a stop word takes its place, too
      for (std::string& lexeme : *made) lexemes.push_back({std::move(lexeme), *place});
      break;
    }
  }
  return lexemes;
}

}  // namespace grizzly::functions
