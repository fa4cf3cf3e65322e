// Text search functions that run a query: ts_rewrite(tsquery, text), ts_stat.
#include <map>

#include "facts/type_oids.h"
#include "functions/text_search/query_tree.h"
#include "session/client_session.h"
#include "session/services.h"
#include "session/system_functions.h"
#include "session/system_rows.h"

namespace grizzly::session {
namespace {

using types::Datum;

bool HasColumns(const plan::Plan& plan, size_t count, Oid type) {
  return plan.columns.size() == count &&
         std::all_of(plan.columns.begin(), plan.columns.end(),
                     [type](const plan::PlanColumn& column) { return column.type.oid == type; });
}

// Each row is a target and what takes its place.
Datum RewriteByQuery(const SystemCall& call) {
  functions::TsNodePointer query = types::ReadTsQuery(call.TextAt(0));
  if (query == nullptr) return call.Text(call.TextAt(0));
  const plan::PlanPtr plan = call.session.PlanText(call.TextAt(1));
  if (!HasColumns(*plan, 2, facts::kTsqueryOid)) {
    throw SqlError(SqlState::kInvalidParameterValue, "ts_rewrite query must return two tsquery columns");
  }
  call.session.RunPlanned(plan, [&](const types::Batch& batch) {
    for (uint32_t row = 0; row < batch.row_count() && query != nullptr; ++row) {
      const Datum target = batch.column(0).GetDatum(row);
      const Datum substitute = batch.column(1).GetDatum(row);
      if (target.is_null() || substitute.is_null()) continue;
      const functions::TsNodePointer wanted = types::ReadTsQuery(target.AsString());
      if (wanted == nullptr) continue;
      const functions::TsNodePointer replacement = types::ReadTsQuery(substitute.AsString());
      query = functions::RewriteTsQuery(std::move(query), *wanted, replacement.get());
    }
  });
  if (query != nullptr) query = functions::SortTsQuery(*query);
  return call.Text(types::TsQueryBytes(query.get()));
}

struct LexemeCount {
  int64_t documents = 0;
  int64_t entries = 0;
};

// Bit 3 for A to bit 0 for D, as in tsquery; other letters say nothing.
uint8_t WeightsOf(std::string_view letters) {
  uint8_t weights = 0;
  for (char letter : letters) {
    const char lower = static_cast<char>(letter | 0x20);
    if (lower >= 'a' && lower <= 'd') weights |= static_cast<uint8_t>(1 << ('d' - lower));
  }
  return weights;
}

int64_t EntriesOf(const types::TsLexeme& lexeme, uint8_t weights) {
  if (weights == 0) return lexeme.positions.empty() ? 1 : static_cast<int64_t>(lexeme.positions.size());
  return std::count_if(lexeme.positions.begin(), lexeme.positions.end(),
                       [weights](uint16_t position) { return (weights >> (position >> 14) & 1) != 0; });
}

std::vector<functions::SystemRow> LexemeRows(const SystemCall& call) {
  const uint8_t weights = call.arguments.size() > 1 ? WeightsOf(call.TextAt(1)) : 0;
  const plan::PlanPtr plan = call.session.PlanText(call.TextAt(0));
  if (!HasColumns(*plan, 1, facts::kTsvectorOid)) {
    throw SqlError(SqlState::kInvalidParameterValue, "ts_stat query must return one tsvector column");
  }
  std::map<std::string, LexemeCount> counts;
  call.session.RunPlanned(plan, [&](const types::Batch& batch) {
    for (uint32_t row = 0; row < batch.row_count(); ++row) {
      const Datum vector = batch.column(0).GetDatum(row);
      if (vector.is_null()) continue;
      for (const types::TsLexeme& lexeme : types::ReadTsVector(vector.AsString())) {
        const int64_t entries = EntriesOf(lexeme, weights);
        if (entries == 0) continue;
        LexemeCount& count = counts[lexeme.text];
        ++count.documents;
        count.entries += entries;
      }
    }
  });
  std::vector<functions::SystemRow> rows;
  for (const auto& [word, count] : counts) {
    rows.push_back({word, std::to_string(count.documents), std::to_string(count.entries)});
  }
  return rows;
}

}  // namespace

std::span<const SystemFunctionEntry> TextSearchFunctions() {
  static constexpr SystemFunctionEntry kEntries[] = {{"tsquery_rewrite_query", RewriteByQuery}};
  return kEntries;
}

std::span<const SystemRowEntry> TextSearchRows() {
  static constexpr SystemRowEntry kEntries[] = {{"ts_stat1", LexemeRows}, {"ts_stat2", LexemeRows}};
  return kEntries;
}

}  // namespace grizzly::session
