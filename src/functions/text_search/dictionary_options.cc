#include "functions/text_search/dictionary_options.h"

#include <algorithm>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/text_search.h"
#include "functions/string/quoting.h"
#include "functions/text_search/stemmer.h"
#include "types/boolean.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

// A quoted text at the head of `rest` ('' or "" for one quote inside), or what stands there up to a blank, = or comma.
std::string TakeWord(View& rest) {
  std::string word;
  if (!rest.empty() && rest[0] == 'E' && rest.size() > 1 && rest[1] == '\'') rest.remove_prefix(1);
  const char quote = rest.empty() ? '\0' : rest[0];
  if (quote != '\'' && quote != '"') {
    const size_t end = std::min(rest.find_first_of(" =,"), rest.size());
    word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
  }
  rest.remove_prefix(1);
  while (!rest.empty()) {
    const char c = rest[0];
    rest.remove_prefix(1);
    const bool is_doubled = !rest.empty() && rest[0] == c && (c == quote || c == '\\');
    if (c == quote && !is_doubled) break;
    if (is_doubled) rest.remove_prefix(1);
    word += c;
  }
  return word;
}

void SkipPast(View& rest, View characters) {
  const size_t at = rest.find_first_not_of(characters);
  rest.remove_prefix(at == View::npos ? rest.size() : at);
}

bool IsNumber(View text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == View::npos;
}

[[noreturn]] void ThrowInvalid(std::string message) {
  throw SqlError(SqlState::kInvalidParameterValue, std::move(message));
}

View TemplateName(Oid oid) {
  for (const auto& fact : facts::AllTextSearchTemplates()) {
    if (fact.oid == oid) return fact.tmplname;
  }
  return {};
}

void RequireStopWords(View list) {
  const auto words = facts::AllStopWords();
  const auto first = std::lower_bound(words.begin(), words.end(), list,
                                      [](const auto& fact, View name) { return fact.list < name; });
  if (first != words.end() && first->list == list) return;
  throw SqlError(SqlState::kConfigFileError,
                 fmt::format("could not open stop-word file \"{}.stop\": No such file or directory", list));
}

// What a template calls a parameter, and where it goes.
struct DictionaryParameter {
  View name;   // in lower case
  View shown;  // in messages
};

std::string* Place(std::vector<std::pair<View, std::string>>& values, View name) {
  for (auto& [known, value] : values) {
    if (known == name) return &value;
  }
  return nullptr;
}

// The values of the parameters that are given; each once, and no others.
std::vector<std::pair<View, std::string>> ReadParameters(const DictionaryOptions& options,
                                                         std::span<const DictionaryParameter> known,
                                                         View unknown_message) {
  std::vector<std::pair<View, std::string>> values;
  for (const auto& [name, value] : options) {
    const auto parameter = std::find_if(known.begin(), known.end(),
                                        [&](const auto& candidate) { return candidate.name == name; });
    if (parameter == known.end()) ThrowInvalid(fmt::format(fmt::runtime(unknown_message), name));
    if (Place(values, name) != nullptr) ThrowInvalid(fmt::format("multiple {} parameters", parameter->shown));
    values.emplace_back(parameter->name, value);
  }
  return values;
}

Dictionary MakeSimple(const DictionaryOptions& options) {
  static constexpr DictionaryParameter kParameters[] = {{"stopwords", "StopWords"}, {"accept", "Accept"}};
  auto values = ReadParameters(options, kParameters, "unrecognized simple dictionary parameter: \"{}\"");
  Dictionary dictionary;
  if (const std::string* list = Place(values, "stopwords")) dictionary.stop_words = *list;
  if (const std::string* accept = Place(values, "accept")) {
    const std::optional<bool> truth = types::ParseBoolWord(*accept);
    if (!truth.has_value()) throw SqlError(SqlState::kSyntaxError, "accept requires a Boolean value");
    dictionary.accepts = *truth;
  }
  return dictionary;
}

Dictionary MakeSnowball(const DictionaryOptions& options) {
  static constexpr DictionaryParameter kParameters[] = {{"stopwords", "StopWords"}, {"language", "Language"}};
  auto values = ReadParameters(options, kParameters, "unrecognized Snowball parameter: \"{}\"");
  Dictionary dictionary;
  if (const std::string* list = Place(values, "stopwords")) dictionary.stop_words = *list;
  const std::string* const language = Place(values, "language");
  if (language == nullptr) ThrowInvalid("missing Language parameter");
  RequireStemmer(*language);
  dictionary.language = *language;
  return dictionary;
}

}  // namespace

DictionaryOptions ParseDictionaryOptions(View text) {
  DictionaryOptions options;
  for (SkipPast(text, " ,"); !text.empty(); SkipPast(text, " ,")) {
    std::string name = TakeWord(text);
    SkipPast(text, " =");
    options.emplace_back(std::move(name), TakeWord(text));
  }
  return options;
}

std::string DictionaryOptionsText(const DictionaryOptions& options) {
  std::string text;
  for (const auto& [name, value] : options) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} = {}", QuoteIdentifier(name), IsNumber(value) ? value : QuoteLiteral(value));
  }
  return text;
}

Dictionary MakeDictionary(Oid template_oid, const DictionaryOptions& options) {
  const View name = TemplateName(template_oid);
  if (name != "simple" && name != "snowball") {
    ThrowNotSupported(fmt::format("text search template {}", name));
  }
  Dictionary dictionary = name == "simple" ? MakeSimple(options) : MakeSnowball(options);
  if (!dictionary.stop_words.empty()) RequireStopWords(dictionary.stop_words);
  return dictionary;
}

}  // namespace grizzly::functions
