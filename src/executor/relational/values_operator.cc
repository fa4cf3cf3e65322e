// VALUES (...), (...): expressions without input, row after row.
#include <algorithm>

#include "executor/operators.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

class ValuesOperator final : public Operator {
 public:
  ValuesOperator(const plan::ValuesNode& node, ExecContext&)
      : Operator(node),
        values_(node),
        batch_(node.output_types,
               std::min<uint32_t>(static_cast<uint32_t>(node.rows.size()), types::kBatchRowsMax)) {}

 protected:
  void DoOpen(ExecContext&) override { next_row_ = 0; }

  Batch* DoNext(ExecContext& context) override {
    if (next_row_ >= values_.rows.size()) return nullptr;
    const size_t count = std::min<size_t>(values_.rows.size() - next_row_, types::kBatchRowsMax);
    batch_.Reset();
    for (uint32_t row = 0; row < count; ++row) FillRow(context, row);
    batch_.set_row_count(static_cast<uint32_t>(count));
    next_row_ += count;
    return &batch_;
  }

 private:
  void FillRow(ExecContext& context, uint32_t row) {
    const auto& expressions = values_.rows[next_row_ + row];
    for (size_t c = 0; c < expressions.size(); ++c) {
      const expr::Expr& expression = *expressions[c];
      if (expression.kind == expr::ExprKind::kConst) {
        batch_.column(c).SetDatum(row, static_cast<const expr::ConstExpr&>(expression).value);
      } else if (expression.kind == expr::ExprKind::kParam) {
        const int index = static_cast<const expr::ParamExpr&>(expression).index;
        batch_.column(c).SetDatum(row, context.evaluation.parameters[index]);
      } else {
        expr::Evaluator evaluator(expression, context.evaluation);
        batch_.column(c).SetDatum(row, evaluator.EvaluateScalar());
      }
    }
  }

  const plan::ValuesNode& values_;
  Batch batch_;
  size_t next_row_ = 0;
};

}  // namespace

OperatorPtr MakeValues(const plan::ValuesNode& node, ExecContext& context) {
  return std::make_unique<ValuesOperator>(node, context);
}

}  // namespace grizzly::executor
