// Runs the subplans of expressions: scalar subqueries, EXISTS, IN, ANY, ALL, ARRAY(...).
//
// A subplan without cells (uncorrelated) runs once per execution and keeps its rows; a correlated one
// is opened again for each row, but where its values are known from an earlier one (subplan_memo.h).
#pragma once

#include <memory>

#include "expr/evaluator.h"

namespace grizzly::executor {

struct ExecContext;

std::unique_ptr<expr::SubplanRunner> MakeSubplanRunner(ExecContext& context);

}  // namespace grizzly::executor
