#include "executor/set_source.h"

#include "types/record.h"

namespace grizzly::executor {
namespace {

// The fields of a row value as columns; a NULL row has NULLs.
void SpreadRow(const Datum& row, Batch& out) {
  size_t column = 0;
  if (!row.is_null()) {
    for (const types::RecordField& field : types::RecordRef::Of(row).Fields()) {
      if (field.type == kInvalidOid || column >= out.column_count()) continue;
      out.column(column++).SetDatum(0, field.value);
    }
  }
  for (; column < out.column_count(); ++column) out.column(column).SetDatum(0, Datum::Null());
}

}  // namespace

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
    const bool is_one_column =
        out_.column_count() == 1 && out_.column(0).type().oid == call_.type.oid;
    if (is_one_column) {
      out_.column(0).SetDatum(0, value.GetDatum(0));
    } else {
      SpreadRow(value.GetDatum(0), out_);
    }
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
