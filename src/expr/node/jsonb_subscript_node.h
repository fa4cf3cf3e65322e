// Subscripts of jsonb, compiled.
#pragma once

#include "expr/node/node.h"

namespace grizzly::expr {

NodePtr MakeJsonbSubscriptNode(const SubscriptExpr& expr);

}  // namespace grizzly::expr
