// Outer joins whose NULL rows some condition refuses: they are inner joins, or outer to one side.
//
// SOURCE  PostgreSQL 15: which conditions are seen to refuse NULLs decides, too, where FOR UPDATE may stand
#pragma once

#include <vector>

#include "planner/logical/logical_plan.h"

namespace grizzly::planner {

// Conditions that hold of every row that is wanted.
using Conditions = std::vector<const expr::Expr*>;
Conditions ConditionsOf(const std::vector<ExprPtr>& conjuncts);

// Whether the condition cannot be true when all columns of `columns` are NULL.
bool RejectsNulls(const expr::Expr& condition, const std::vector<ColumnId>& columns);
// What the join comes to under the conditions.
JoinType ReducedType(const LogicalJoin& join, const Conditions& conditions);

// Reduces every outer join of the statement that can be; with `keep_types` it only looks. Throws 0A000 when
// FOR UPDATE or its like is of the nullable side of one that is left.
void ReduceOuterJoins(LogicalNode& root, bool keep_types);

}  // namespace grizzly::planner
