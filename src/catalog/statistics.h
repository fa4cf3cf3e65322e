// What ANALYZE learned about the values of a table's columns; pg_statistic's contents.
//
// FORMAT  values are kept as they lie in a Datum of the column's type: the bytes of a fixed-width one,
//         the characters of a string.
// SOURCE  PostgreSQL 15 docs, 52.51 "pg_statistic" and 72.1 "Row Estimation Examples"
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
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

// Rows of a table that were changed; a row that moves to another partition is deleted here and inserted there.
struct RowChanges {
  uint64_t inserted = 0;
  uint64_t updated = 0;
  uint64_t deleted = 0;

  uint64_t total() const { return inserted + updated + deleted; }
  void Add(const RowChanges& more) {
    inserted += more.inserted;
    updated += more.updated;
    deleted += more.deleted;
  }
};
using RowChangesByRelation = std::unordered_map<Oid, RowChanges>;

struct RelationActivity {
  RowChanges changes;                 // by commits since the server started
  uint64_t changed_since_analyze = 0;
};

// One tenant's statistics; not transactional. Any thread.
class StatisticsStore {
 public:
  virtual ~StatisticsStore() = default;
  // Null when the table was never analyzed.
  virtual TableStatisticsPtr ValueStatistics(Oid relation) = 0;
  virtual void SetValueStatistics(Oid relation, TableStatisticsPtr statistics) = 0;
  // A table's rows as they are about now: as last counted and what commits added since. -1: nothing is known.
  virtual double LiveRows(Oid relation) = 0;
  // Of a commit. Plans are made anew when a table has become several times as large.
  virtual void CountChanges(Oid relation, const RowChanges& changes) = 0;
  virtual RelationActivity Activity(Oid relation) = 0;
  // Sets `changes` back, of all relations for kInvalidOid.
  virtual void ForgetChanges(Oid relation) = 0;
  // Those with rows changed since their last analyze, or the start.
  virtual std::vector<std::pair<Oid, uint64_t>> ChangedRelations() = 0;
};

class Catalog;
// A catalog's statistics; null for null.
StatisticsStore* StatisticsOf(Catalog* catalog);

}  // namespace grizzly::catalog
