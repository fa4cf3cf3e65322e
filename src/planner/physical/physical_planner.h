// From an optimized logical plan to a plan::Plan: access paths, join methods, positions.
//
// Columns become positions in the child's output. A column no child produces comes from an enclosing
// row: it gets a cell, one per ColumnId in the whole plan, that the nested loop or subplan above fills.
#pragma once

#include "plan/plan.h"
#include "planner/binder/binder.h"
#include "planner/optimizer/optimizer.h"

namespace grizzly::planner {

// Optimizes and converts. `statement` is used up.
plan::PlanPtr MakePlan(BoundStatement statement, const PlannerInput& input);

}  // namespace grizzly::planner
