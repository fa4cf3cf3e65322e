#include "executor/set_source.h"

namespace grizzly::executor {

SetSource::SetSource(const expr::Expr& call, std::span<const SqlType> column_types,
                     ExecContext& context)
    : call_(call), argument_arena_(std::make_unique<Arena>(context.memory)), out_(column_types) {
  if (call.kind == expr::ExprKind::kSetFunction) {
    set_ = static_cast<const expr::SetFunctionExpr*>(&call);
    for (const auto& argument : set_->arguments) {
      arguments_.emplace_back(*argument, context.evaluation);
    }
  } else {
    scalar_ = std::make_unique<expr::Evaluator>(call, context.evaluation);
  }
}

void SetSource::Open(ExecContext& context, const Batch& input) {
  Batch one_row;
  const Batch* row = &input;
  if (input.row_count() == 0) {
    one_row.set_row_count(1);
    row = &one_row;
  }
  if (scalar_ != nullptr) {
    out_.Reset();
    const Vector& value = scalar_->Evaluate(*row);
    out_.column(0).SetDatum(0, value.GetDatum(0));
    scalar_pending_ = true;
    return;
  }
  scan_.reset();
  argument_arena_->Reset();
  values_.clear();
  for (size_t i = 0; i < arguments_.size(); ++i) {
    const Vector& value = arguments_[i].Evaluate(*row);
    values_.push_back(value.GetDatum(0).CopyTo(value.physical(), *argument_arena_));
  }
  scan_ = set_->function(context.evaluation.functions, *set_->call, values_);
}

const Batch* SetSource::Next(ExecContext& context) {
  if (scalar_ != nullptr) {
    if (!scalar_pending_) return nullptr;
    scalar_pending_ = false;
    out_.set_row_count(1);
    return &out_;
  }
  if (scan_ == nullptr) return nullptr;
  context.CheckCanceled();
  out_.Reset();
  if (!scan_->Next(context.evaluation.functions, out_)) return nullptr;
  return &out_;
}

}  // namespace grizzly::executor
