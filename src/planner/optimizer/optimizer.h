// Rewrites a bound statement's logical plan into a better one with the same rows.
//
// The passes are listed in optimizer.cc, in order; each is one file with one entry point below.
#pragma once

#include "catalog/catalog.h"
#include "planner/binder/binder.h"
#include "planner/logical/logical_plan.h"
#include "planner/optimizer/cardinality.h"
#include "planner/optimizer/rules.h"

namespace grizzly::planner {

struct PlannerInput {
  catalog::SnapshotPtr catalog;
  catalog::Catalog* statistics = nullptr;  // null: nothing is known
  // Values the parameters have this time, for estimates; the plan serves others, too.
  std::span<const types::Datum> sample_parameters;
  RuleSet disabled_rules;
};

void Optimize(BoundStatement& statement, const PlannerInput& input);

// ---- the passes ----

// EXISTS, IN and NOT IN conditions become semi and anti joins.
void UnnestSubqueries(LogicalPtr& root, StatementColumns& columns);
// Common table expressions read once are put where they are read.
void InlineCtes(LogicalPtr& root, StatementColumns& columns);
// Conditions go as far down as they can; outer joins that cannot yield NULL rows become inner.
void PushDownFilters(LogicalPtr& root, const RuleSet& disabled = {});
// Inner joins are ordered by cost.
void OrderJoins(LogicalPtr& root, const Cardinality& cardinality, const RuleSet& disabled = {});
// Nobody computes what nobody reads.
void PruneColumns(LogicalPtr& root, const std::vector<ColumnId>& needed,
                  const StatementColumns& columns);

}  // namespace grizzly::planner
