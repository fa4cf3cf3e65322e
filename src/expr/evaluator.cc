#include "expr/evaluator.h"

#include "expr/node/node.h"
#include "expr/node/row_filter.h"

namespace grizzly::expr {

Evaluator::Evaluator(const Expr& root, EvaluationState& state) : expr_(&root), state_(&state) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;

const types::Vector& Evaluator::Evaluate(const types::Batch& input) & {
  if (root_ == nullptr) root_ = CompileNode(*expr_);
  if (input.row_count() == 0) {
    if (empty_ == nullptr) empty_ = std::make_unique<types::Vector>(expr_->type, 0);
    return *empty_;
  }
  return root_->Evaluate(*state_, input);
}

types::Datum Evaluator::EvaluateScalar() & {
  types::Batch one_row;
  one_row.set_row_count(1);
  return Evaluate(one_row).GetDatum(0);
}

types::Selection Evaluator::Filter(const types::Batch& input) {
  if (filter_ == nullptr) filter_ = std::make_unique<RowFilter>(*expr_);
  return filter_->Run(*state_, input);
}

}  // namespace grizzly::expr
