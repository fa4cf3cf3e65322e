// The rows of one call in FROM or a target list: a set-returning function, or any expression (one row).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "executor/operator.h"
#include "expr/evaluator.h"

namespace grizzly::executor {

class SetSource {
 public:
  SetSource(const expr::Expr& call, std::span<const SqlType> column_types, ExecContext& context);

  // Computes the arguments from row 0 of `input` (no columns needed in FROM) and starts over.
  void Open(ExecContext& context, const Batch& input);
  // Null at the end; never empty. Valid until the next call.
  const Batch* Next(ExecContext& context);

 private:
  const expr::Expr& call_;
  const expr::SetFunctionExpr* set_ = nullptr;
  std::vector<expr::Evaluator> arguments_;
  std::unique_ptr<expr::Evaluator> scalar_;
  std::unique_ptr<functions::SetScan> scan_;
  std::unique_ptr<Arena> argument_arena_;
  std::vector<Datum> values_;
  bool scalar_pending_ = false;
  Batch out_;
};

}  // namespace grizzly::executor
