// x op ANY (array), x op ALL (array), x IN (constants).
#pragma once

#include "expr/node/node.h"

namespace grizzly::expr {

// An equality (or ALL (<>)) with constant elements is hashed when they are many; else the comparison
// runs over all elements of a row at once.
NodePtr MakeArrayComparisonNode(const ComparisonExpr& expr);

}  // namespace grizzly::expr
