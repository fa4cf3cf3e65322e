#include "executor/set_source.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/procs.h"
#include "facts/type_oids.h"
#include "types/record.h"
#include "types/type_directory.h"

namespace grizzly::executor {

namespace {

bool IsRow(const SqlType& type) {
  return type.oid == facts::kRecordOid || types::AnyKindOf(types::AnyDomainBaseOf(type.oid)) == 'c';
}

// Functions that say what columns they have fill those; what a polymorphic one or an expression gives is a
// single value.
bool GivesOneValue(const expr::Expr& call) {
  if (call.kind != expr::ExprKind::kSetFunction) return true;
  const auto& set = static_cast<const expr::SetFunctionExpr&>(call);
  const facts::ProcFact* proc = facts::FindProc(set.call->function);
  return proc != nullptr && proc->prorettype != facts::kRecordOid &&
         types::AnyKindOf(proc->prorettype) == 'p';
}

bool NeedsExpansion(const expr::Expr& call, std::span<const SqlType> column_types) {
  if (!IsRow(call.type) || !GivesOneValue(call)) return false;
  return column_types.size() != 1 || column_types[0].oid != call.type.oid;
}

[[noreturn]] void ThrowOtherRow(std::string detail) {
  throw SqlError(SqlState::kDatatypeMismatch,
                 "function return row and query-specified return row do not match")
      .Detail(std::move(detail));
}

}  // namespace

std::span<const SqlType> ColumnsOfSet(const expr::SetFunctionExpr& set, const SqlType& type) {
  if (!IsRow(set.call->result_type) || GivesOneValue(set)) return std::span(&type, 1);
  return set.column_types;
}

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
  if (NeedsExpansion(call, column_types)) {
    row_values_ = std::make_unique<Batch>(std::span<const SqlType>(&call.type, 1));
  }
}

void SetSource::ExpandRow(const Datum& record, uint32_t row) {
  const size_t width = out_.column_count();
  if (record.is_null()) {
    for (size_t i = 0; i < width; ++i) out_.column(i).SetNull(row);
    return;
  }
  const std::vector<types::NamedField> fields = types::NamedFieldsOf(record);
  if (fields.size() != width) {
    ThrowOtherRow(fmt::format("Returned row contains {} attribute{}, but query expects {}.",
                              fields.size(), fields.size() == 1 ? "" : "s", width));
  }
  for (size_t i = 0; i < width; ++i) {
    const types::RecordField& field = fields[i].field;
    const SqlType& wanted = out_.column(i).type();
    if (field.type != wanted.oid) {
      ThrowOtherRow(fmt::format("Returned type {} at ordinal position {}, but query expects {}.",
                                types::AnyTypeName(field.type), i + 1,
                                types::AnyTypeName(wanted.oid)));
    }
    out_.column(i).SetDatum(row, field.value);
  }
}

const Batch* SetSource::Expand(const Vector& rows, uint32_t row_count) {
  out_.Reset();
  for (size_t i = 0; i < out_.column_count(); ++i) out_.column(i).Reserve(row_count);
  for (uint32_t row = 0; row < row_count; ++row) ExpandRow(rows.GetDatum(row), row);
  out_.set_row_count(row_count);
  return &out_;
}

void SetSource::Open(ExecContext& context, const Batch& input) {
  Batch one_row;
  const Batch* row = &input;
  if (input.row_count() == 0) {
    one_row.set_row_count(1);
    row = &one_row;
  }
  if (scalar_ != nullptr) {
    const Vector& value = scalar_->Evaluate(*row);
    scalar_pending_ = true;
    if (row_values_ != nullptr) {
      Expand(value, 1);
      return;
    }
    out_.Reset();
    out_.column(0).SetDatum(0, value.GetDatum(0));
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
  if (row_values_ != nullptr) {
    row_values_->Reset();
    if (!scan_->Next(context.evaluation.functions, *row_values_)) return nullptr;
    return Expand(row_values_->column(0), row_values_->row_count());
  }
  out_.Reset();
  if (!scan_->Next(context.evaluation.functions, out_)) return nullptr;
  return &out_;
}

}  // namespace grizzly::executor
