// Runs expressions over batches. Compiled once per execution; reused batch after batch.
//
// CASE, COALESCE, AND and OR evaluate a branch only for the rows that reach it, so a guarded division
// by zero does not happen. A filter keeps the rows where the condition is true (not false, not NULL).
//
// THREADS  one at a time. The expression must outlive the evaluator.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "expr/expr.h"
#include "functions/function.h"
#include "types/batch.h"

namespace grizzly::expr {

// Runs a subplan for the evaluator; implemented by executor/.
class SubplanRunner {
 public:
  virtual ~SubplanRunner() = default;
  // Sets the cells, runs subplan `expr.subplan`, and computes the result for one outer row.
  virtual types::Datum Run(const SubplanExpr& expr, std::span<const types::Datum> arguments,
                           std::span<const types::Datum> left, Arena& arena) = 0;
};

// What expressions need besides the batch. Outlives the evaluators made with it.
struct EvaluationState {
  functions::FunctionContext functions;
  std::span<const types::Datum> parameters;  // $1 is parameters[0]
  std::span<types::Datum> outer_cells;       // OuterExpr reads these
  SubplanRunner* subplans = nullptr;
};

class EvaluatorNode;  // expr/node/node.h
class RowFilter;      // expr/node/row_filter.h

class Evaluator {
 public:
  Evaluator(const Expr& root, EvaluationState& state);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;

  // The value for each row of `input`; the vector belongs to the evaluator and is valid until its
  // next call (it may reference columns of `input`).
  const types::Vector& Evaluate(const types::Batch& input) &;
  // One value of an expression over constants and parameters only, valid until the next call.
  types::Datum EvaluateScalar() &;
  // The rows of `input` for which the root (a boolean) is true; valid until the next call.
  types::Selection Filter(const types::Batch& input);

 private:
  const Expr* expr_;
  EvaluationState* state_;
  // Made at first use: an evaluator either computes values or filters.
  std::unique_ptr<EvaluatorNode> root_;
  std::unique_ptr<RowFilter> filter_;
  std::unique_ptr<types::Vector> empty_;
};

}  // namespace grizzly::expr
