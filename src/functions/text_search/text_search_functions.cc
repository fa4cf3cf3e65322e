// Text and JSON to tsvector, text to tsquery.
#include <algorithm>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/session_services.h"
#include "functions/text_search/configuration.h"
#include "functions/text_search/dictionary.h"
#include "functions/text_search/query_builder.h"
#include "functions/text_search/query_match.h"
#include "types/json.h"
#include "types/jsonb.h"
#include "types/text_search.h"

namespace grizzly::functions {
namespace {

using types::JsonbKind;
using types::JsonbRef;
using View = std::string_view;

// ---- tsvector ----

class VectorMaker {
 public:
  explicit VectorMaker(Oid configuration) : configuration_(configuration) {}

  // Words of two texts are no neighbours.
  void AddText(View text) {
    const std::vector<PlacedLexeme> made = LexemesOf(configuration_, text, &place_);
    for (const PlacedLexeme& lexeme : made) {
      const auto place = static_cast<uint16_t>(
          std::min<int>(lexeme.place, types::kLexemePlaceMax));
      lexemes_.push_back({lexeme.text, {place}});
    }
    if (!made.empty()) ++place_;
  }
  std::string Finish() { return types::TsVectorBytes(std::move(lexemes_)); }

 private:
  const Oid configuration_;
  int place_ = 0;
  std::vector<types::TsLexeme> lexemes_;
};

std::string TextToVector(Oid configuration, View text) {
  VectorMaker maker(configuration);
  maker.AddText(text);
  return maker.Finish();
}

// What of a JSON value becomes words.
struct JsonParts {
  bool strings = false, numbers = false, booleans = false, keys = false;
};

void AddFlag(JsonbRef flag, JsonParts& parts) {
  if (flag.kind() == JsonbKind::kArray || flag.kind() == JsonbKind::kObject) {
    throw SqlError(SqlState::kInternalError, "unexpected end of flag array");
  }
  if (flag.kind() != JsonbKind::kString) {
    throw SqlError(SqlState::kInvalidParameterValue, "flag array element is not a string")
        .Hint("Possible values are: \"string\", \"numeric\", \"boolean\", \"key\", and \"all\".");
  }
  const View name = flag.string();
  const bool is_all = name == "all";
  const bool is_known =
      is_all || name == "string" || name == "numeric" || name == "boolean" || name == "key";
  if (!is_known) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("wrong flag in flag array: \"{}\"", name))
        .Hint("Possible values are: \"string\", \"numeric\", \"boolean\", \"key\", and \"all\".");
  }
  parts.strings = parts.strings || is_all || name == "string";
  parts.numbers = parts.numbers || is_all || name == "numeric";
  parts.booleans = parts.booleans || is_all || name == "boolean";
  parts.keys = parts.keys || is_all || name == "key";
}
JsonParts PartsOf(View flags) {
  const JsonbRef value(flags);
  JsonParts parts;
  if (value.kind() == JsonbKind::kObject) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   "wrong flag type, only arrays and scalars are allowed");
  }
  if (value.kind() != JsonbKind::kArray) {
    AddFlag(value, parts);
    return parts;
  }
  for (uint32_t i = 0; i < value.size(); ++i) AddFlag(value.value(i), parts);
  return parts;
}

// As jsonb keeps its members: keys by length.
void AddJson(JsonbRef value, const JsonParts& parts, VectorMaker& maker) {
  switch (value.kind()) {
    case JsonbKind::kNull: return;
    case JsonbKind::kTrue:
    case JsonbKind::kFalse:
      if (parts.booleans) maker.AddText(value.kind() == JsonbKind::kTrue ? "true" : "false");
      return;
    case JsonbKind::kNumber:
      if (parts.numbers) maker.AddText(types::NumericText(value.number()));
      return;
    case JsonbKind::kString:
      if (parts.strings) maker.AddText(value.string());
      return;
    default: break;
  }
  for (uint32_t i = 0; i < value.size(); ++i) {
    if (value.kind() == JsonbKind::kObject && parts.keys) maker.AddText(value.key(i));
    AddJson(value.value(i), parts, maker);
  }
}

// json keeps the order, the doubles and the spelling of its members.
class JsonTextReader final : public types::JsonHandler {
 public:
  JsonTextReader(const JsonParts& parts, VectorMaker& maker) : parts_(parts), maker_(maker) {}

  void OnEvent(const types::JsonEvent& event) override {
    using Kind = types::JsonEventKind;
    const bool is_wanted =
        (event.kind == Kind::kString && parts_.strings) ||
        (event.kind == Kind::kNumber && parts_.numbers) ||
        (event.kind == Kind::kKey && parts_.keys) ||
        ((event.kind == Kind::kTrue || event.kind == Kind::kFalse) && parts_.booleans);
    if (!is_wanted) return;
    if (event.kind == Kind::kTrue || event.kind == Kind::kFalse) {
      maker_.AddText(event.kind == Kind::kTrue ? "true" : "false");
    } else {
      maker_.AddText(event.text);
    }
  }

 private:
  const JsonParts& parts_;
  VectorMaker& maker_;
};

constexpr JsonParts kOnlyStrings{true, false, false, false};

std::string JsonbToVector(Oid configuration, View value, const JsonParts& parts) {
  VectorMaker maker(configuration);
  AddJson(JsonbRef(value), parts, maker);
  return maker.Finish();
}
std::string JsonToVector(Oid configuration, View value, const JsonParts& parts) {
  VectorMaker maker(configuration);
  JsonTextReader reader(parts, maker);
  types::ParseJson(value, &reader);
  return maker.Finish();
}

// Each function comes with a configuration as its first argument, and without.
std::string ToVector(FunctionContext& context, View text) {
  return TextToVector(CurrentTextSearchConfig(context), text);
}
std::string ToVectorBy(uint32_t configuration, View text) {
  return TextToVector(configuration, text);
}
std::string JsonbStrings(FunctionContext& context, View value) {
  return JsonbToVector(CurrentTextSearchConfig(context), value, kOnlyStrings);
}
std::string JsonbStringsBy(uint32_t configuration, View value) {
  return JsonbToVector(configuration, value, kOnlyStrings);
}
std::string JsonStrings(FunctionContext& context, View value) {
  return JsonToVector(CurrentTextSearchConfig(context), value, kOnlyStrings);
}
std::string JsonStringsBy(uint32_t configuration, View value) {
  return JsonToVector(configuration, value, kOnlyStrings);
}
std::string JsonbParts(FunctionContext& context, View value, View flags) {
  return JsonbToVector(CurrentTextSearchConfig(context), value, PartsOf(flags));
}
std::string JsonbPartsBy(uint32_t configuration, View value, View flags) {
  return JsonbToVector(configuration, value, PartsOf(flags));
}
std::string JsonPartsOf(FunctionContext& context, View value, View flags) {
  return JsonToVector(CurrentTextSearchConfig(context), value, PartsOf(flags));
}
std::string JsonPartsBy(uint32_t configuration, View value, View flags) {
  return JsonToVector(configuration, value, PartsOf(flags));
}

// ---- tsquery ----

TsNodePointer Build(FunctionContext& context, Oid configuration, View text, QuerySyntax syntax) {
  bool only_stop_words = false;
  TsNodePointer query = BuildTsQuery(configuration, text, syntax, &only_stop_words);
  if (query == nullptr && context.session != nullptr) {
    context.session->Notice(only_stop_words
                                ? "text-search query contains only stop words or doesn't contain "
                                  "lexemes, ignored"
                                : fmt::format("text-search query doesn't contain lexemes: \"{}\"",
                                              text));
  }
  return query;
}
template <QuerySyntax syntax>
std::string ToQuery(FunctionContext& context, View text) {
  return types::TsQueryBytes(
      Build(context, CurrentTextSearchConfig(context), text, syntax).get());
}
template <QuerySyntax syntax>
std::string ToQueryBy(FunctionContext& context, uint32_t configuration, View text) {
  return types::TsQueryBytes(Build(context, configuration, text, syntax).get());
}
template <QuerySyntax syntax>
void AddQuery(Registry& registry, const std::string& name) {
  registry.AddScalar(name, Cold<&ToQuery<syntax>>);
  registry.AddScalar(name + "_byid", Cold<&ToQueryBy<syntax>>);
}

// ---- text @@ ----

bool Matches(const std::string& vector, const types::TsNode* query) {
  const VectorLexemes lexemes(types::ReadTsVector(vector));
  return MatchesQuery(query, [&](const types::TsNode& operand, bool need_places) {
    return lexemes.Lookup(operand, need_places);
  });
}
bool MatchTextQuery(FunctionContext& context, View text, View query) {
  return Matches(ToVector(context, text), types::ReadTsQuery(query).get());
}
bool MatchTextText(FunctionContext& context, View text, View query) {
  const Oid configuration = CurrentTextSearchConfig(context);
  return Matches(TextToVector(configuration, text),
                 Build(context, configuration, query, QuerySyntax::kWords).get());
}

}  // namespace

constexpr Oid kEnglishTextSearchConfig = 13163;  // facts/pg_ts_config.csv

Oid CurrentTextSearchConfig(FunctionContext& context) {
  if (context.session == nullptr) return kEnglishTextSearchConfig;  // what initdb chooses
  return context.session->ResolveRegName(
      facts::kRegconfigOid, *context.session->ShowSetting("default_text_search_config", false),
      false);
}

void RegisterTextSearch(Registry& registry) {
  registry.AddScalar("to_tsvector", Cold<&ToVector>);
  registry.AddScalar("to_tsvector_byid", Cold<&ToVectorBy>);
  registry.AddScalar("jsonb_string_to_tsvector", Cold<&JsonbStrings>);
  registry.AddScalar("jsonb_string_to_tsvector_byid", Cold<&JsonbStringsBy>);
  registry.AddScalar("json_string_to_tsvector", Cold<&JsonStrings>);
  registry.AddScalar("json_string_to_tsvector_byid", Cold<&JsonStringsBy>);
  registry.AddScalar("jsonb_to_tsvector", Cold<&JsonbParts>);
  registry.AddScalar("jsonb_to_tsvector_byid", Cold<&JsonbPartsBy>);
  registry.AddScalar("json_to_tsvector", Cold<&JsonPartsOf>);
  registry.AddScalar("json_to_tsvector_byid", Cold<&JsonPartsBy>);
  AddQuery<QuerySyntax::kOperators>(registry, "to_tsquery");
  AddQuery<QuerySyntax::kWords>(registry, "plainto_tsquery");
  AddQuery<QuerySyntax::kPhrase>(registry, "phraseto_tsquery");
  AddQuery<QuerySyntax::kWeb>(registry, "websearch_to_tsquery");
  registry.AddScalar("ts_match_tq", Cold<&MatchTextQuery>);
  registry.AddScalar("ts_match_tt", Cold<&MatchTextText>);
}

}  // namespace grizzly::functions
