#include "commands/maintenance/analyze.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>

#include "catalog/access_method.h"
#include "catalog/relation_size.h"
#include "catalog/statistics.h"
#include "commands/maintenance/column_sampler.h"
#include "commands/relation_lookup.h"
#include "facts/types.h"
#include "plan/plan.h"
#include "storage/kv/store.h"

namespace grizzly::commands {
namespace {

using catalog::Column;
using catalog::TableStatistics;

constexpr uint32_t kDefaultTarget = 100;  // default_statistics_target

std::vector<const Column*> ChosenColumns(const catalog::Relation& table,
                                         std::span<const std::string> names) {
  std::vector<const Column*> chosen;
  for (const Column& column : table.columns) {
    const bool named = names.empty() ||
                       std::find(names.begin(), names.end(), column.name) != names.end();
    if (!column.dropped && named && column.statistics_target != 0) chosen.push_back(&column);
  }
  return chosen;
}

uint32_t TargetOf(const Column& column) {
  return column.statistics_target < 0 ? kDefaultTarget
                                      : static_cast<uint32_t>(column.statistics_target);
}

// Of more rows than so many samples only a sample is looked at.
constexpr double kSamplesOfWhole = 4;
// ... of a few more than are wanted: how many come is left to chance.
constexpr double kSpareSamples = 1.25;
// What a row is taken to take in the store before any have been counted.
constexpr double kRowBytes = 90;
constexpr double kColumnarRowBytes = 25;

// These columns of all rows of the table, or of a sample of so many percent.
plan::PlanPtr ScanPlan(CommandInput& input, const catalog::Relation& table,
                       const std::vector<const Column*>& columns, double percentage = 100) {
  auto plan = std::make_shared<plan::Plan>();
  auto scan = std::make_unique<plan::TableScanNode>();
  scan->relation = input.editor.Current()->FindRelation(table.oid);
  scan->alias = table.name;
  for (const Column* column : columns) {
    scan->attnums.push_back(column->attnum);
    scan->output_types.push_back(column->type);
  }
  if (percentage < 100) {
    const auto constant = [](Oid type, const types::Datum& value) {
      return std::make_unique<expr::ConstExpr>(types::BuiltinType(type), value);
    };
    // The same sample of the same rows.
    scan->sample = plan::TableSample{
        false, constant(facts::kFloat4Oid, types::Datum::Of(static_cast<float>(percentage))),
        constant(facts::kFloat8Oid, types::Datum::Of(0.0))};
  }
  scan->estimated_rows = std::max(input.catalog.Statistics(table.oid).row_count, 1'000'000.0);
  plan->node_count = 1;
  plan->root = std::move(scan);
  plan->keeps_alive = input.editor.Current();
  return plan;
}

// Which rows of a stream of unknown length are kept, and where.
class Reservoir {
 public:
  explicit Reservoir(uint64_t capacity) : capacity_(capacity) { Skip(); }

  // The slot for the row with this number; nothing when it is not kept. Ascending row numbers.
  std::optional<size_t> SlotFor(uint64_t row_number) {
    if (row_number < capacity_) return row_number;
    if (row_number != next_) return std::nullopt;
    Skip();
    return random_() % capacity_;
  }

 private:
  // Li: Reservoir-Sampling Algorithms of Time Complexity O(n(1 + log(N/n))) (1994), algorithm L.
  void Skip() {
    const auto uniform = [&] { return (static_cast<double>(random_() >> 11) + 0.5) * 0x1p-53; };
    const double slots = static_cast<double>(capacity_);
    weight_ *= std::exp(std::log(uniform()) / slots);
    next_ = (next_ == 0 ? capacity_ - 1 : next_) +
            static_cast<uint64_t>(std::floor(std::log(uniform()) / std::log1p(-weight_))) + 1;
  }

  const uint64_t capacity_;
  std::mt19937_64 random_{20231};  // the same sample of the same rows
  double weight_ = 1;
  uint64_t next_ = 0;
};

TableStatistics Merge(const catalog::TableStatisticsPtr& old, const catalog::Relation& table,
                      TableStatistics made) {
  if (old == nullptr) return made;
  for (const catalog::ColumnStatistics& column : old->columns) {
    const bool exists = static_cast<size_t>(column.attnum) <= table.columns.size() &&
                        !table.columns[static_cast<size_t>(column.attnum) - 1].dropped;
    if (exists && made.Find(column.attnum) == nullptr) made.columns.push_back(column);
  }
  return made;
}

double BytesOf(CommandInput& input, const catalog::Relation& table) {
  return static_cast<double>(catalog::ApproximateRowBytes(input.transactions.store(), table));
}

void SetTotals(CommandInput& input, const catalog::Relation& table, uint64_t row_count) {
  catalog::RelationStatistics totals = input.catalog.Statistics(table.oid);
  totals.row_count = static_cast<double>(row_count);
  totals.byte_count = BytesOf(input, table);
  input.catalog.SetStatistics(table.oid, totals);
}

// Reads a table, or a sample of it, for its columns' statistics.
class TableReading {
 public:
  TableReading(CommandInput& input, const catalog::Relation& table, const std::vector<const Column*>& columns)
      : input_(input), table_(table), columns_(columns) {
    uint32_t target = 1;
    for (const Column* column : columns) target = std::max(target, TargetOf(*column));
    wanted_ = uint64_t{kSampledRowsPerTarget} * target;
  }

  void Read() {
    double expected = input_.catalog.Statistics(table_.oid).row_count;
    if (expected <= 0) {
      expected = BytesOf(input_, table_) / (catalog::IsColumnar(table_) ? kColumnarRowBytes : kRowBytes);
    }
    ReadPart(Percentage(expected));
    // It was taken to have many more rows than it has.
    const auto all = static_cast<double>(row_count_);
    const bool has_too_few = read_count_ < row_count_ && read_count_ < wanted_ / kSpareSamples;
    if (has_too_few) ReadPart(Percentage(all));
  }

  uint64_t row_count() const { return row_count_; }
  std::vector<ColumnSampler>& samplers() { return samplers_; }

 private:
  double Percentage(double rows) const {
    const auto wanted = static_cast<double>(wanted_);
    return rows <= wanted * kSamplesOfWhole ? 100 : 100 * wanted * kSpareSamples / rows;
  }

  void ReadPart(double percentage) {
    samplers_.clear();
    for (const Column* column : columns_) {
      samplers_.emplace_back(column->attnum, column->type, TargetOf(*column));
    }
    read_count_ = 0;
    Reservoir reservoir(wanted_);
    QueryMeasurement measured;
    input_.queries->Run(
        ScanPlan(input_, table_, columns_, percentage),
        [&](const types::Batch& batch) { Take(batch, reservoir); },
        percentage < 100 ? &measured : nullptr);
    row_count_ = read_count_ + (percentage < 100 ? measured.nodes[0].skip_count : 0);
  }

  void Take(const types::Batch& batch, Reservoir& reservoir) {
    for (size_t c = 0; c < samplers_.size(); ++c) {
      samplers_[c].Count(batch.column(c), batch.row_count());
    }
    for (uint32_t row = 0; row < batch.row_count(); ++row) {
      const auto slot = reservoir.SlotFor(read_count_ + row);
      if (!slot) continue;
      for (size_t c = 0; c < samplers_.size(); ++c) {
        samplers_[c].Sample(batch.column(c), row, read_count_ + row, *slot);
      }
    }
    read_count_ += batch.row_count();
  }

  CommandInput& input_;
  const catalog::Relation& table_;
  const std::vector<const Column*>& columns_;
  uint64_t wanted_ = 0;  // rows of the sample
  std::vector<ColumnSampler> samplers_;
  uint64_t read_count_ = 0;
  uint64_t row_count_ = 0;  // of the table
};

}  // namespace

void CountTable(CommandInput& input, const catalog::Relation& table) {
  uint64_t row_count = 0;
  input.queries->Run(
      ScanPlan(input, table, {}),
      [&](const types::Batch& batch) { row_count += batch.row_count(); }, nullptr);
  SetTotals(input, table, row_count);
}

void AnalyzeTable(CommandInput& input, const catalog::Relation& table,
                  std::span<const std::string> columns) {
  const std::vector<const Column*> chosen = ChosenColumns(table, columns);
  TableReading reading(input, table, chosen);
  reading.Read();
  SetTotals(input, table, reading.row_count());
  TableStatistics made;
  for (ColumnSampler& sampler : reading.samplers()) {
    if (reading.row_count() > 0) made.columns.push_back(sampler.Finish(reading.row_count()));
  }
  catalog::StatisticsStore& store = *catalog::StatisticsOf(&input.catalog);
  store.SetValueStatistics(
      table.oid, std::make_shared<TableStatistics>(
                     Merge(store.ValueStatistics(table.oid), table, std::move(made))));
}

}  // namespace grizzly::commands
