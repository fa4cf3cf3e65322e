// The shape (types/record_shape.h) of a row that has no named type.
#pragma once

#include "expr/expr.h"

namespace grizzly::planner {

// Its number, for the row's typmod; columns without names are f1, f2 ...
int32_t ShapeOfRow(const expr::ListExpr& row);

}  // namespace grizzly::planner
