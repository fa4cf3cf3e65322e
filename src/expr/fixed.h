// Expressions that have one value for all rows of a run.
#pragma once

#include <optional>

#include "expr/evaluator.h"
#include "expr/expr.h"

namespace grizzly::expr {

// Constants, parameters, columns of the enclosing query, and calls of them that are not volatile: a literal lifted
// out of a cached statement is a parameter, so `date $1 + interval $2` is no constant, and still fixed.
bool IsFixed(const Expr& expr);

// The value of a fixed expression for whoever only saves work by it: nothing where computing it is an error, which is
// raised only once a row reaches the expression itself.
std::optional<types::Datum> FixedValue(Evaluator& evaluator);

}  // namespace grizzly::expr
