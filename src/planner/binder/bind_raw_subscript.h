// Subscripts of types that are no arrays but lie like one: point[0], box[1], name[3].
#pragma once

#include <span>

#include "planner/binder/expression_binder.h"

namespace grizzly::planner {

bool HasRawSubscripts(Oid type);
ExprPtr BindRawSubscript(ExpressionBinder& binder, ExprPtr container,
                         std::span<ast::Node* const> indexes, int location);

}  // namespace grizzly::planner
