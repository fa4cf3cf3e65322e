// The rows of one call in FROM or a target list: a set-returning function, or any expression (one row).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "executor/operator.h"
#include "expr/evaluator.h"

namespace grizzly::executor {

// What a call in a target list gives: the fields of the record that is its value, or the value, of `type`.
std::span<const SqlType> ColumnsOfSet(const expr::SetFunctionExpr& set, const SqlType& type);

class SetSource {
 public:
  SetSource(const expr::Expr& call, std::span<const SqlType> column_types, ExecContext& context);

  // Computes the arguments from row 0 of `input` (no columns needed in FROM) and starts over.
  void Open(ExecContext& context, const Batch& input);
  // Null at the end; never empty. Valid until the next call.
  const Batch* Next(ExecContext& context);

 private:
  // The fields of each row value of `rows` become the columns of out_.
  const Batch* Expand(const Vector& rows, uint32_t row_count);
  void ExpandRow(const Datum& record, uint32_t row);

  const expr::Expr& call_;
  const expr::SetFunctionExpr* set_ = nullptr;
  std::vector<expr::Evaluator> arguments_;
  std::unique_ptr<expr::Evaluator> scalar_;
  std::unique_ptr<functions::SetScan> scan_;
  std::unique_ptr<Arena> argument_arena_;
  std::vector<Datum> values_;
  bool scalar_pending_ = false;
  Batch out_;
  // Set when the call gives one row value where its fields are wanted: unnest() of an array of rows.
  std::unique_ptr<Batch> row_values_;
};

}  // namespace grizzly::executor
