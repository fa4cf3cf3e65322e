// How many rows: estimates from table sizes, keys and rules of thumb (PostgreSQL's defaults).
#pragma once

#include "catalog/catalog.h"
#include "planner/logical/logical_plan.h"

namespace grizzly::planner {

class Cardinality {
 public:
  Cardinality(const StatementColumns& columns, const catalog::CatalogSnapshot& catalog,
              catalog::Catalog* statistics)
      : columns_(columns), catalog_(catalog), statistics_(statistics) {}

  // Estimated rows of the subtree; also stored in each node.
  double Estimate(LogicalNode& node) const;
  double TableRows(const catalog::Relation& relation) const;
  // Of a condition over rows of a table or join.
  double Selectivity(const expr::Expr& condition) const;
  // Distinct values of an expression at most.
  double DistinctValues(const expr::Expr& expression) const;
  bool IsUniqueColumn(ColumnId id) const;

 private:
  double EstimateScan(const LogicalScan& scan) const;
  double EstimateJoin(LogicalJoin& join) const;
  double EstimateAggregate(LogicalAggregate& aggregate) const;

  const StatementColumns& columns_;
  const catalog::CatalogSnapshot& catalog_;
  catalog::Catalog* statistics_;
};

}  // namespace grizzly::planner
