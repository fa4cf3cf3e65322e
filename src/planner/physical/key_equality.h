// Equalities by which rows can be found with a hash table.
#pragma once

#include "planner/logical/logical_plan.h"
#include "planner/optimizer/column_set.h"

namespace grizzly::planner {

// `left = right` (null_equal: IS NOT DISTINCT FROM), each side over columns of its own, both of one hashable type.
struct EquiCondition {
  ExprPtr left;
  ExprPtr right;
  bool null_equal = false;
};

// Takes `condition` apart when it is such an equality between columns of `left` and columns of `right`; else it stays
// as it is, and the answer is false. `type`: of the join it is a condition of.
bool TakeEquality(ExprPtr& condition, const ColumnSet& left, const ColumnSet& right, JoinType type,
                  EquiCondition* taken);

}  // namespace grizzly::planner
