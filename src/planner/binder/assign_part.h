// Assignment to a part of a column: SET a[1] = x, SET c.f = x, INSERT INTO t (c.f).
#pragma once

#include <span>

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

// The value of type `type` that `container` becomes when the part that `steps` name is `assigned`.
ExprPtr AssignPart(ExpressionBinder& binder, ExprPtr container, const SqlType& type,
                   std::span<ast::Node* const> steps, ExprPtr assigned, std::string_view column_name,
                   int location, int value_location);

}  // namespace grizzly::planner
