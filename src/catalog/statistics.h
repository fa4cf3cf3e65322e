// What ANALYZE learned about the values of a table's columns; pg_statistic's contents.
//
// FORMAT  values are kept as they lie in a Datum of the column's type: the bytes of a fixed-width one,
//         the characters of a string.
// SOURCE  PostgreSQL 15 docs, 52.51 "pg_statistic" and 72.1 "Row Estimation Examples"
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/ids/ids.h"

namespace grizzly::catalog {

struct ColumnStatistics {
  AttributeNumber attnum = 0;
  double null_fraction = 0;
  double average_width = 0;
  // As stadistinct: above zero a number of values; below zero their fraction of the rows, negated.
  double distinct_count = 0;
  double correlation = 0;                     // of the order of values with that of the rows
  bool has_correlation = false;
  std::vector<std::string> common_values;     // most frequent first
  std::vector<double> common_frequencies;     // of all rows, one per common value
  std::vector<std::string> histogram;         // bounds of equally full buckets; not of common values

  double DistinctOf(double row_count) const {
    return distinct_count >= 0 ? distinct_count : -distinct_count * row_count;
  }
};

struct TableStatistics {
  std::vector<ColumnStatistics> columns;      // those that were analyzed

  const ColumnStatistics* Find(AttributeNumber attnum) const {
    for (const ColumnStatistics& column : columns) {
      if (column.attnum == attnum) return &column;
    }
    return nullptr;
  }
};
using TableStatisticsPtr = std::shared_ptr<const TableStatistics>;

// One tenant's statistics; not transactional. Any thread.
class StatisticsStore {
 public:
  virtual ~StatisticsStore() = default;
  // Null when the table was never analyzed.
  virtual TableStatisticsPtr ValueStatistics(Oid relation) = 0;
  virtual void SetValueStatistics(Oid relation, TableStatisticsPtr statistics) = 0;
  // Rows that commits inserted, updated or deleted since the last analyze, or the start.
  virtual void CountChangedRows(Oid relation, uint64_t rows) = 0;
  virtual std::vector<std::pair<Oid, uint64_t>> ChangedRelations() = 0;
};

class Catalog;
// A catalog's statistics; null for null.
StatisticsStore* StatisticsOf(Catalog* catalog);

}  // namespace grizzly::catalog
