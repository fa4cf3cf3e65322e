// What a logical tree mentions and makes; for this module's .cc files.
#pragma once

#include <functional>

#include "planner/logical/logical_plan.h"

namespace grizzly::planner {

// Reads each expression of the node alone.
void ForEachExpression(const LogicalNode& node,
                       const std::function<void(const expr::Expr&)>& visit);

// Calls `add` with each column id the node itself makes or names besides its children's.
void ForEachProducedColumn(const LogicalNode& node, const std::function<void(ColumnId)>& add);

}  // namespace grizzly::planner
