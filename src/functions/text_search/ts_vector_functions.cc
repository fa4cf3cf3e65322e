// tsvector: order, parts, weights, and whether a query matches.
#include <algorithm>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/set/set_rows.h"
#include "functions/text_search/query_match.h"
#include "types/array.h"

namespace grizzly::functions {
namespace {

using types::ArrayBuilder;
using types::ArrayRef;
using types::TsLexeme;
using Lexemes = std::vector<TsLexeme>;
using View = std::string_view;

bool Less(View a, View b) { return types::CompareTsVectors(a, b) < 0; }
bool LessEqual(View a, View b) { return types::CompareTsVectors(a, b) <= 0; }
bool Equal(View a, View b) { return types::CompareTsVectors(a, b) == 0; }
bool NotEqual(View a, View b) { return types::CompareTsVectors(a, b) != 0; }
bool GreaterEqual(View a, View b) { return types::CompareTsVectors(a, b) >= 0; }
bool Greater(View a, View b) { return types::CompareTsVectors(a, b) > 0; }
int32_t Compare(View a, View b) { return types::CompareTsVectors(a, b); }

int32_t Length(View v) { return static_cast<int32_t>(types::ReadTsVector(v).size()); }

std::string Strip(View v) {
  Lexemes lexemes = types::ReadTsVector(v);
  for (TsLexeme& lexeme : lexemes) lexeme.positions.clear();
  return types::TsVectorBytes(std::move(lexemes));
}

// A is 3, D is 0; nullopt for other letters.
std::optional<int> WeightOf(int8_t letter) {
  constexpr View kLetters = "DCBAdcba";
  const size_t at = letter == 0 ? View::npos : kLetters.find(static_cast<char>(letter));
  if (at == View::npos) return std::nullopt;
  return static_cast<int>(at % 4);
}
// `shown`: the letter as the message shows it.
int RequireWeight(int8_t letter, const std::string& shown) {
  const std::optional<int> weight = WeightOf(letter);
  if (!weight.has_value()) {
    throw SqlError(SqlState::kInternalError, "unrecognized weight: " + shown);
  }
  return *weight;
}
void SetWeight(TsLexeme& lexeme, int weight) {
  for (uint16_t& position : lexeme.positions) {
    position = static_cast<uint16_t>(LexemePlace(position) | (weight << 14));
  }
}

std::string SetWeightOfAll(View v, int8_t letter) {
  const int weight = RequireWeight(letter, std::to_string(letter));
  Lexemes lexemes = types::ReadTsVector(v);
  for (TsLexeme& lexeme : lexemes) SetWeight(lexeme, weight);
  return types::TsVectorBytes(std::move(lexemes));
}

TsLexeme* Find(Lexemes& lexemes, View text) {
  const auto found = std::lower_bound(
      lexemes.begin(), lexemes.end(), text,
      [](const TsLexeme& lexeme, View wanted) { return lexeme.text < wanted; });
  return found != lexemes.end() && found->text == text ? &*found : nullptr;
}

std::string SetWeightOfSome(View v, int8_t letter, View names) {
  const int weight = RequireWeight(letter, letter == 0 ? "" : std::string(1, static_cast<char>(letter)));
  Lexemes lexemes = types::ReadTsVector(v);
  const ArrayRef array(names);
  for (uint32_t i = 0; i < array.size(); ++i) {
    if (array.IsNull(i)) continue;
    if (TsLexeme* lexeme = Find(lexemes, array.String(i))) SetWeight(*lexeme, weight);
  }
  return types::TsVectorBytes(std::move(lexemes));
}

std::string DeleteOne(View v, View name) {
  Lexemes lexemes = types::ReadTsVector(v);
  std::erase_if(lexemes, [&](const TsLexeme& lexeme) { return lexeme.text == name; });
  return types::TsVectorBytes(std::move(lexemes));
}
std::string DeleteSome(View v, View names) {
  Lexemes lexemes = types::ReadTsVector(v);
  const ArrayRef array(names);
  for (uint32_t i = 0; i < array.size(); ++i) {
    if (array.IsNull(i)) continue;
    const View name = array.String(i);
    std::erase_if(lexemes, [&](const TsLexeme& lexeme) { return lexeme.text == name; });
  }
  return types::TsVectorBytes(std::move(lexemes));
}

std::string Filter(View v, View weights) {
  const ArrayRef array(weights);
  uint32_t mask = 0;
  for (uint32_t i = 0; i < array.size(); ++i) {
    if (array.IsNull(i)) {
      throw SqlError(SqlState::kNullValueNotAllowed, "weight array may not contain nulls");
    }
    const auto letter = array.Value<int8_t>(i);
    const std::optional<int> weight = WeightOf(letter);
    if (!weight.has_value()) {
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("unrecognized weight: \"{}\"", static_cast<char>(letter)));
    }
    mask |= 1u << *weight;
  }
  Lexemes kept;
  for (TsLexeme& lexeme : types::ReadTsVector(v)) {
    std::erase_if(lexeme.positions, [&](uint16_t position) {
      return (mask & (1u << LexemeWeight(position))) == 0;
    });
    if (!lexeme.positions.empty()) kept.push_back(std::move(lexeme));
  }
  return types::TsVectorBytes(std::move(kept));
}

// The second vector's places go on after the last of the first.
std::string Concat(View a, View b) {
  Lexemes lexemes = types::ReadTsVector(a);
  int last = 0;
  for (const TsLexeme& lexeme : lexemes) {
    for (const uint16_t position : lexeme.positions) last = std::max<int>(last, LexemePlace(position));
  }
  for (TsLexeme& lexeme : types::ReadTsVector(b)) {
    for (uint16_t& position : lexeme.positions) {
      const int place = std::min<int>(LexemePlace(position) + last, types::kLexemePlaceMax);
      position = static_cast<uint16_t>(place | (LexemeWeight(position) << 14));
    }
    lexemes.push_back(std::move(lexeme));
  }
  return types::TsVectorBytes(std::move(lexemes));
}

Datum ToArray(FunctionContext& context, View v) {
  ArrayBuilder array(facts::kTextOid, types::PhysicalType::kString);
  for (const TsLexeme& lexeme : types::ReadTsVector(v)) array.AddString(lexeme.text);
  return Datum::Of(array.Finish(*context.result_heap));
}

std::string FromArray(View names) {
  const ArrayRef array(names);
  Lexemes lexemes;
  for (uint32_t i = 0; i < array.size(); ++i) {
    if (array.IsNull(i)) {
      throw SqlError(SqlState::kNullValueNotAllowed, "lexeme array may not contain nulls");
    }
    if (array.String(i).empty()) {
      throw SqlError(SqlState::kZeroLengthCharacterString,
                     "lexeme array may not contain empty strings");
    }
    lexemes.push_back({std::string(array.String(i)), {}});
  }
  return types::TsVectorBytes(std::move(lexemes));
}

// A row: lexeme, positions, weights.
std::unique_ptr<SetScan> Unnest(FunctionContext&, const CallSite&, std::span<const Datum> values) {
  if (AnyNull(values)) return nullptr;
  Lexemes lexemes = types::ReadTsVector(values[0].AsString());
  const size_t count = lexemes.size();
  return MakeRowsScan(count, [lexemes = std::move(lexemes)](size_t i, types::Batch& out,
                                                            uint32_t row) {
    const TsLexeme& lexeme = lexemes[i];
    out.column(0).SetString(row, lexeme.text);
    if (lexeme.positions.empty()) {
      out.column(1).SetDatum(row, Datum::Null());
      out.column(2).SetDatum(row, Datum::Null());
      return;
    }
    ArrayBuilder places(facts::kInt2Oid, types::PhysicalType::kInt16);
    ArrayBuilder weights(facts::kTextOid, types::PhysicalType::kString);
    for (const uint16_t position : lexeme.positions) {
      places.AddValue(static_cast<int16_t>(LexemePlace(position)));
      weights.AddString(View("DCBA").substr(static_cast<size_t>(LexemeWeight(position)), 1));
    }
    Arena arena;
    out.column(1).SetDatum(row, Datum::Of(places.Finish(arena)));
    out.column(2).SetDatum(row, Datum::Of(weights.Finish(arena)));
  });
}

bool MatchVectorQuery(View vector, View query) {
  const std::unique_ptr<types::TsNode> root = types::ReadTsQuery(query);
  if (root == nullptr) return false;
  const VectorLexemes lexemes(types::ReadTsVector(vector));
  return MatchesQuery(root.get(), [&](const types::TsNode& operand, bool need_places) {
    return lexemes.Lookup(operand, need_places);
  });
}
bool MatchQueryVector(View query, View vector) { return MatchVectorQuery(vector, query); }

}  // namespace

void RegisterTsVector(Registry& registry) {
  registry.AddScalar("tsvector_lt", Cold<&Less>);
  registry.AddScalar("tsvector_le", Cold<&LessEqual>);
  registry.AddScalar("tsvector_eq", Cold<&Equal>);
  registry.AddScalar("tsvector_ne", Cold<&NotEqual>);
  registry.AddScalar("tsvector_ge", Cold<&GreaterEqual>);
  registry.AddScalar("tsvector_gt", Cold<&Greater>);
  registry.AddScalar("tsvector_cmp", Cold<&Compare>);
  registry.AddScalar("tsvector_length", Cold<&Length>);
  registry.AddScalar("tsvector_strip", Cold<&Strip>);
  registry.AddScalar("tsvector_setweight", Cold<&SetWeightOfAll>);
  registry.AddScalar("tsvector_setweight_by_filter", Cold<&SetWeightOfSome>);
  registry.AddScalar("tsvector_delete_str", Cold<&DeleteOne>);
  registry.AddScalar("tsvector_delete_arr", Cold<&DeleteSome>);
  registry.AddScalar("tsvector_filter", Cold<&Filter>);
  registry.AddScalar("tsvector_concat", Cold<&Concat>);
  registry.AddScalar("tsvector_to_array", Cold<&ToArray>);
  registry.AddScalar("array_to_tsvector", Cold<&FromArray>);
  registry.AddSet("tsvector_unnest", &Unnest);
  registry.AddScalar("ts_match_vq", Cold<&MatchVectorQuery>);
  registry.AddScalar("ts_match_qv", Cold<&MatchQueryVector>);
}

}  // namespace grizzly::functions
