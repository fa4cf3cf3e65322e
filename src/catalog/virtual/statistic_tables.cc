// pg_statistic: what ANALYZE stored, in PostgreSQL's slots (1 common values, 2 histogram, 3 correlation).
#include <charconv>
#include <string>

#include "catalog/record.h"
#include "catalog/schema_object.h"
#include "catalog/statistics.h"
#include "catalog/virtual/row_writer.h"
#include "facts/operators.h"
#include "facts/types.h"

namespace grizzly::catalog {
namespace {

constexpr int kSlots = 5;
enum SlotKind : int16_t { kCommonValues = 1, kHistogram = 2, kCorrelation = 3 };

struct Slot {
  int16_t kind = 0;
  std::vector<float> numbers;
  const std::vector<std::string>* values = nullptr;
};

std::vector<Slot> SlotsOf(const ColumnStatistics& column) {
  std::vector<Slot> slots;
  if (!column.common_values.empty()) {
    Slot slot{kCommonValues, {}, &column.common_values};
    for (double frequency : column.common_frequencies) {
      slot.numbers.push_back(static_cast<float>(frequency));
    }
    slots.push_back(std::move(slot));
  }
  if (!column.histogram.empty()) slots.push_back({kHistogram, {}, &column.histogram});
  if (column.has_correlation) {
    slots.push_back({kCorrelation, {static_cast<float>(column.correlation)}, nullptr});
  }
  slots.resize(kSlots);
  return slots;
}

Oid OrderOperator(std::string_view name, Oid type) {
  if (type == facts::kVarcharOid) type = facts::kTextOid;  // its operator class is text's
  const facts::OperatorFact* found = facts::FindOperator(name, type, type);
  return found == nullptr ? kInvalidOid : found->oid;
}

void WriteStatistic(RowWriter& rows, const Relation& table, const ColumnStatistics& column) {
  const types::SqlType& type = table.columns[static_cast<size_t>(column.attnum) - 1].type;
  const std::vector<Slot> slots = SlotsOf(column);
  rows.Number(table.oid);
  rows.Int2(column.attnum);
  rows.Bool(false);
  rows.Float4(static_cast<float>(column.null_fraction));
  rows.Int4(static_cast<int32_t>(column.average_width));
  rows.Float4(static_cast<float>(column.distinct_count));
  for (const Slot& slot : slots) rows.Int2(slot.kind);
  for (const Slot& slot : slots) {
    rows.Number(slot.kind == 0 ? kInvalidOid
                               : OrderOperator(slot.kind == kCommonValues ? "=" : "<", type.oid));
  }
  for (const Slot& slot : slots) rows.Number(slot.kind == 0 ? kInvalidOid : type.collation);
  for (const Slot& slot : slots) {
    slot.numbers.empty() ? rows.Null() : rows.Float4s(slot.numbers);
  }
  for (const Slot& slot : slots) {
    slot.values == nullptr ? rows.Null() : rows.AnyArray(type, *slot.values);
  }
  rows.Emit();
}

void ProduceStatistics(RowWriter& rows) {
  StatisticsStore* const statistics = StatisticsOf(rows.input().statistics);
  if (statistics == nullptr) return;
  const std::optional<Oid> wanted = rows.OidFilter(0);
  rows.catalog().ForEachRelation([&](const RelationPtr& table) {
    if (wanted && table->oid != *wanted) return;
    const TableStatisticsPtr known = statistics->ValueStatistics(table->oid);
    if (known == nullptr) return;
    for (const ColumnStatistics& column : known->columns) {
      const auto index = static_cast<size_t>(column.attnum) - 1;
      if (index < table->columns.size() && !table->columns[index].dropped) {
        WriteStatistic(rows, *table, column);
      }
    }
  });
}

// "1 2" and so on.
std::vector<int16_t> NumbersOf(std::string_view text) {
  std::vector<int16_t> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    int16_t number = 0;
    const auto read = std::from_chars(at, end, number);
    numbers.push_back(number);
    at = read.ptr + 1;
  }
  return numbers;
}

void ProduceExtendedStatistics(RowWriter& rows) {
  ObjectsOf(rows.catalog()).ForEachObject(kExtendedStatisticsClass, [&](const SchemaObject& object) {
    const std::string_view kinds = object.Property("kinds");
    rows.Number(object.oid);
    rows.Number(object.OidProperty("table"));
    rows.Text(object.name);
    rows.Number(object.schema);
    rows.Number(object.owner);
    rows.Int4(std::stoi(std::string(object.Property("target"))));
    rows.Int2Vector(NumbersOf(object.Property("columns")));
    rows.Chars(std::span<const char>(kinds.data(), kinds.size()));
    std::string expressions;
    for (size_t i = 0;; ++i) {
      const std::string_view text = object.Property("expression" + std::to_string(i));
      if (text.empty()) break;
      expressions += (i > 0 ? ", " : "") + std::string(text);
    }
    rows.TextOrNull(expressions);
    rows.Emit();
  });
}

constexpr CatalogTableSource kTables[] = {{2619, ProduceStatistics},
                                          {kExtendedStatisticsClass, ProduceExtendedStatistics}};

}  // namespace

std::span<const CatalogTableSource> StatisticTables() { return kTables; }

}  // namespace grizzly::catalog
