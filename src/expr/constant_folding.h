// Constant folding: immutable expressions over constants become constants.
//
// An error while folding leaves the expression as it is: it must be raised at run time, and only if
// the expression is reached there.
#pragma once

#include "expr/expr.h"
#include "functions/function.h"

namespace grizzly::expr {

// Folds every foldable subtree of `expr`, and short cuts: a strict immutable call with a NULL
// constant is NULL, AND/OR/CASE/COALESCE lose decided branches. `context` gives the functions their
// settings; its arenas are not used.
void FoldConstants(ExprPtr& expr, const functions::FunctionContext& context);
// With default settings and no session: for what does not depend on either.
void FoldConstants(ExprPtr& expr);

// Whether it would be a constant if its parameters and the literals that settings interpret were. A lifted literal is a
// parameter.
bool IsFoldableOnceBound(const Expr& expr);

}  // namespace grizzly::expr
