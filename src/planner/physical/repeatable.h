// Which parts of a query give the same rows however often they run in one statement.
#pragma once

#include "planner/logical/logical_plan.h"

namespace grizzly::planner {

// The same outer columns give the same rows: nothing volatile, no rows changed or locked, no common table expression
// from outside, which may depend on what surrounds it; with `outside_ctes` they may be, and are added there.
bool IsRepeatable(const LogicalNode& node, std::vector<const LogicalCteScan*>* outside_ctes = nullptr);
// ... and it has no outer columns.
bool IsFixed(const LogicalNode& node);

}  // namespace grizzly::planner
