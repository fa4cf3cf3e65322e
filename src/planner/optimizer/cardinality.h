// How many rows: estimates from ANALYZE's statistics, keys, and rules of thumb (PostgreSQL's defaults)
// where nothing is known.
//
// A condition over one analyzed column is judged by running it over that column's common values and
// histogram bounds; equalities by frequencies and numbers of distinct values.
// SOURCE  PostgreSQL 15 docs, chapter 72 "How the Planner Uses Statistics"
// THREADS one at a time: it remembers what it looked up.
#pragma once

#include <map>
#include <span>

#include "catalog/catalog.h"
#include "catalog/statistics.h"
#include "planner/logical/logical_plan.h"
#include "planner/optimizer/conjuncts.h"

namespace grizzly::planner {

class Cardinality {
 public:
  // `sample_parameters`: values the parameters have this time; NULL where unknown. May be shorter.
  Cardinality(const StatementColumns& columns, const catalog::CatalogSnapshot& catalog,
              catalog::Catalog* statistics, std::span<const types::Datum> sample_parameters)
      : columns_(columns),
        catalog_(catalog),
        statistics_(statistics),
        values_(catalog::StatisticsOf(statistics)),
        parameters_(sample_parameters) {}

  // Estimated rows of the subtree; also stored in each node.
  double Estimate(LogicalNode& node) const;
  double TableRows(const catalog::Relation& relation) const;
  // Of a condition over rows of a table or join.
  double Selectivity(const expr::Expr& condition) const;
  // Of all of them; those over one column are judged together.
  double Selectivity(const std::vector<const expr::Expr*>& conditions) const;
  // Of the conditions of a join of these two sides; keys of several columns count as one.
  double JoinSelectivity(const std::vector<const expr::Expr*>& conditions,
                         const std::vector<ColumnId>& left,
                         const std::vector<ColumnId>& right) const;
  // The part of the left rows that meet a right row.
  double SemiSelectivity(const LogicalJoin& join, double right_rows) const;
  // Distinct values of an expression at most.
  double DistinctValues(const expr::Expr& expression) const;
  bool IsUniqueColumn(ColumnId id) const;
  // Whether an index of the table begins with this column.
  bool LeadsIndex(const LogicalScan& scan, AttributeNumber attnum) const;
  // Whether the columns hold a whole unique key of the table.
  bool HoldUniqueKey(Oid table, const std::vector<AttributeNumber>& columns) const;

 private:
  double EstimateScan(const LogicalScan& scan) const;
  double EstimateJoin(LogicalJoin& join) const;
  double EstimateAggregate(LogicalAggregate& aggregate) const;
  double EstimateLimit(LogicalLimit& limit) const;
  double ComparisonSelectivity(const SimpleComparison& comparison) const;
  double EqualSelectivity(const expr::ColumnExpr& column, const expr::Expr& value) const;
  double DefaultSelectivity(const expr::Expr& condition) const;
  double DisjunctionSelectivity(const std::vector<ExprPtr>& branches) const;
  // By running them over the column's samples; nothing when there are none, or it cannot be.
  std::optional<double> SampledSelectivity(const std::vector<const expr::Expr*>& conditions,
                                           ColumnId column) const;
  const catalog::ColumnStatistics* StatisticsOf(ColumnId id) const;
  double KeySelectivity(Oid table, const std::vector<AttributeNumber>& columns,
                        double selectivity) const;

  const StatementColumns& columns_;
  const catalog::CatalogSnapshot& catalog_;
  catalog::Catalog* statistics_;
  catalog::StatisticsStore* values_;  // null: nothing is known
  std::span<const types::Datum> parameters_;
  mutable std::map<Oid, catalog::TableStatisticsPtr> known_;
};

}  // namespace grizzly::planner
