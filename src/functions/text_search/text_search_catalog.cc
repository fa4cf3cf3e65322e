// ts_parse, ts_token_type, ts_lexize, ts_debug, get_current_ts_config: what the parts of text search do.
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/text_search.h"
#include "facts/types.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/set/set_rows.h"
#include "functions/text_search/configuration.h"
#include "functions/text_search/dictionary.h"
#include "functions/text_search/token_parser.h"
#include "types/array.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

uint32_t CurrentConfig(FunctionContext& context) { return CurrentTextSearchConfig(context); }

Datum LexizeWord(FunctionContext& context, uint32_t dictionary, View word) {
  const std::optional<std::vector<std::string>> lexemes = Lexize(FindDictionary(dictionary), word);
  if (!lexemes.has_value()) return Datum::Null();
  types::ArrayBuilder array(facts::kTextOid, types::PhysicalType::kString);
  for (const std::string& lexeme : *lexemes) array.AddString(lexeme);
  return Datum::Of(array.Finish(*context.result_heap));
}

// There is one parser.
Oid ParserByOid(const Datum& argument) {
  const Oid oid = argument.As<uint32_t>();
  for (const auto& fact : facts::AllTextSearchParsers()) {
    if (fact.oid == oid) return oid;
  }
  throw SqlError(SqlState::kInternalError,
                 fmt::format("cache lookup failed for text search parser {}", oid));
}
Oid ParserByName(const Datum& argument) {
  View name = argument.AsString();
  constexpr View kSchema = "pg_catalog.";
  const View bare = name.starts_with(kSchema) ? name.substr(kSchema.size()) : name;
  for (const auto& fact : facts::AllTextSearchParsers()) {
    if (fact.prsname == bare) return fact.oid;
  }
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("text search parser \"{}\" does not exist", name));
}

template <Oid (*parser)(const Datum&)>
std::unique_ptr<SetScan> Parse(FunctionContext&, const CallSite&, std::span<const Datum> values) {
  if (AnyNull(values)) return nullptr;
  parser(values[0]);
  std::vector<Token> tokens = ParseTokens(values[1].AsString());
  const size_t count = tokens.size();
  return MakeRowsScan(count, [tokens = std::move(tokens)](size_t i, types::Batch& out,
                                                          uint32_t row) {
    out.column(0).SetDatum(row, Datum::Of(static_cast<int32_t>(tokens[i].type)));
    out.column(1).SetString(row, tokens[i].text);
  });
}

template <Oid (*parser)(const Datum&)>
std::unique_ptr<SetScan> TokenTypes(FunctionContext&, const CallSite&,
                                    std::span<const Datum> values) {
  if (AnyNull(values)) return nullptr;
  const Oid oid = parser(values[0]);
  std::vector<const facts::TextSearchTokenTypeFact*> rows;
  for (const auto& fact : facts::AllTextSearchTokenTypes()) {
    if (fact.prsoid == oid) rows.push_back(&fact);
  }
  const size_t count = rows.size();
  return MakeRowsScan(count, [rows = std::move(rows)](size_t i, types::Batch& out, uint32_t row) {
    out.column(0).SetDatum(row, Datum::Of(rows[i]->tokid));
    out.column(1).SetString(row, rows[i]->alias);
    out.column(2).SetString(row, rows[i]->description);
  });
}

// ---- ts_debug ----

struct DebugRow {
  const facts::TextSearchTokenTypeFact* type;
  std::string token;
  std::vector<Oid> dictionaries;
  Oid dictionary = kInvalidOid;  // who made the lexemes; the first one when nobody did
  std::optional<std::vector<std::string>> lexemes;
};

const facts::TextSearchTokenTypeFact* FactOf(TokenType type) {
  for (const auto& fact : facts::AllTextSearchTokenTypes()) {
    if (fact.tokid == static_cast<int>(type)) return &fact;
  }
  return nullptr;
}

DebugRow DebugToken(const TextAnalyzer& analyzer, const Token& token) {
  DebugRow row{FactOf(token.type), std::string(token.text), {}, kInvalidOid, {}};
  for (const Dictionary* dictionary : analyzer.DictionariesFor(token.type)) {
    if (row.dictionaries.empty()) row.dictionary = dictionary->oid;
    row.dictionaries.push_back(dictionary->oid);
    if (row.lexemes.has_value()) continue;
    row.lexemes = Lexize(*dictionary, token.text);
    if (row.lexemes.has_value()) row.dictionary = dictionary->oid;
  }
  return row;
}

void WriteDebugRow(const DebugRow& row, types::Batch& out, uint32_t at) {
  out.column(0).SetString(at, row.type->alias);
  out.column(1).SetString(at, row.type->description);
  out.column(2).SetString(at, row.token);
  types::ArrayBuilder dictionaries(facts::kRegdictionaryOid, types::PhysicalType::kInt32);
  for (const Oid oid : row.dictionaries) dictionaries.AddValue(oid);
  out.column(3).SetDatum(at, Datum::Of(dictionaries.Finish(out.column(3).heap())));
  out.column(4).SetDatum(at, row.dictionary == kInvalidOid ? Datum::Null() : Datum::Of(row.dictionary));
  if (!row.lexemes.has_value()) return out.column(5).SetDatum(at, Datum::Null());
  types::ArrayBuilder lexemes(facts::kTextOid, types::PhysicalType::kString);
  for (const std::string& lexeme : *row.lexemes) lexemes.AddString(lexeme);
  out.column(5).SetDatum(at, Datum::Of(lexemes.Finish(out.column(5).heap())));
}

// ([configuration,] document)
std::unique_ptr<SetScan> DebugText(FunctionContext& context, const CallSite&,
                                   std::span<const Datum> values) {
  if (AnyNull(values)) return nullptr;
  const bool is_given = values.size() > 1;
  const TextAnalyzer analyzer(is_given ? values[0].As<Oid>() : CurrentTextSearchConfig(context));
  std::vector<DebugRow> rows;
  for (const Token& token : ParseTokens(values.back().AsString())) {
    rows.push_back(DebugToken(analyzer, token));
  }
  const size_t count = rows.size();
  return MakeRowsScan(count, [rows = std::move(rows)](size_t i, types::Batch& out, uint32_t row) {
    WriteDebugRow(rows[i], out, row);
  });
}

}  // namespace

void RegisterTextSearchInfo(Registry& registry) {
  registry.AddScalar("get_current_ts_config", Cold<&CurrentConfig>);
  registry.AddScalar("ts_lexize", Cold<&LexizeWord>);
  registry.AddSet("sql.ts_debug", &DebugText);
  registry.AddSet("ts_parse_byid", &Parse<&ParserByOid>);
  registry.AddSet("ts_parse_byname", &Parse<&ParserByName>);
  registry.AddSet("ts_token_type_byid", &TokenTypes<&ParserByOid>);
  registry.AddSet("ts_token_type_byname", &TokenTypes<&ParserByName>);
}

}  // namespace grizzly::functions
