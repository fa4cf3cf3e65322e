// How a kRow came to be, and the shape (types/record_shape.h) of one that has no named type.
#pragma once

#include "expr/expr.h"

namespace grizzly::planner {

// The `choice` of a kRow.
enum class RowForm : uint8_t {
  kFields,      // ROW(a, b)
  kCast,        // ROW(a, b)::type
  kWholeRow,    // t, t.*
  kGuardedRow,  // the same in the ELSE of a CASE: NULL where an outer join has no row of t
};

// The fields of t, whether there is such a row or not; null when the expression is no whole row.
expr::ListExpr* WholeRowIn(expr::Expr& expression);
const expr::ListExpr* WholeRowIn(const expr::Expr& expression);
// A kRow, that of a whole row, too; else null.
expr::ListExpr* RowIn(expr::Expr& expression);

// Its number, for the row's typmod; columns without names are f1, f2 ...
int32_t ShapeOfRow(const expr::ListExpr& row);

}  // namespace grizzly::planner
