// For each left row the right child again, with the row's values in outer cells.
#include "executor/filter_set.h"
#include "executor/operators.h"
#include "executor/row_store.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

using plan::JoinType;

class NestedLoopOperator final : public Operator {
 public:
  NestedLoopOperator(const plan::NestedLoopNode& node, ExecContext& context)
      : Operator(node), join_(node), conditions_(node.conditions, context) {
    for (const expr::ExprPtr& argument : node.arguments) {
      arguments_.emplace_back(*argument, context.evaluation);
    }
    left_width_ = node.children[0]->output_types.size();
    right_width_ = node.children[1]->output_types.size();
    for (size_t side = 0; side < 2; ++side) {
      for (const SqlType& type : node.children[side]->output_types) {
        joined_.AddColumn(Vector(type, 1));
      }
    }
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type, 1));
  }

 protected:
  void DoOpen(ExecContext& context) override {
    left_ = nullptr;
    child(0).Open(context);
    // While a row is checked again, its scan hands out another version.
    if (!join_.keeps_right || !context.pinned.empty()) right_rows_.reset();
  }

  Batch* DoNext(ExecContext& context) override {
    while (true) {
      if (left_ == nullptr && !NextLeftBatch(context)) return nullptr;
      if (left_row_ == left_->row_count()) {
        left_ = nullptr;
        continue;
      }
      if (!in_right_) StartRight(context);
      if (Batch* batch = NextForRow(context)) return batch;
    }
  }

 private:
  bool NextLeftBatch(ExecContext& context) {
    left_ = child(0).Next(context);
    if (left_ == nullptr) return false;
    left_row_ = 0;
    in_right_ = false;
    argument_values_.clear();
    for (expr::Evaluator& argument : arguments_) {
      argument_values_.push_back(&argument.Evaluate(*left_));
    }
    return true;
  }

  void StartRight(ExecContext& context) {
    for (size_t i = 0; i < join_.cells.size(); ++i) {
      context.outer_cells_storage[join_.cells[i]] = argument_values_[i]->GetDatum(left_row_);
    }
    in_right_ = true;
    matched_ = false;
    right_chunk_ = 0;
    if (!join_.right_is_fixed) {
      child(1).Open(context);
    } else if (right_rows_ == nullptr) {
      KeepRight(context);
    }
  }

  void KeepRight(ExecContext& context) {
    right_rows_ = std::make_unique<RowStore>(join_.children[1]->output_types, context.memory);
    child(1).Open(context);
    while (const Batch* batch = child(1).Next(context)) right_rows_->Append(*batch);
  }

  const Batch* NextRight(ExecContext& context) {
    if (!join_.right_is_fixed) return child(1).Next(context);
    return right_chunk_ < right_rows_->chunk_count() ? &right_rows_->chunk(right_chunk_++)
                                                     : nullptr;
  }

  // The next output for the current left row; null when the row is done.
  Batch* NextForRow(ExecContext& context) {
    while (const Batch* right = NextRight(context)) {
      for (size_t i = 0; i < left_width_; ++i) {
        joined_.column(i).SetConstant(left_->column(i).GetDatum(left_row_));
      }
      for (size_t i = 0; i < right_width_; ++i) {
        joined_.column(left_width_ + i).Reference(right->column(i));
      }
      joined_.set_row_count(right->row_count());
      conditions_.Apply(joined_);
      if (joined_.row_count() == 0) continue;
      matched_ = true;
      if (join_.type == JoinType::kSemi || join_.type == JoinType::kAnti) break;
      return &joined_;
    }
    return FinishRow();
  }

  Batch* FinishRow() {
    const uint32_t row = left_row_++;
    in_right_ = false;
    const bool emit = join_.type == JoinType::kSemi   ? matched_
                      : join_.type == JoinType::kAnti ? !matched_
                                                      : join_.type == JoinType::kLeft && !matched_;
    if (!emit) return nullptr;
    for (size_t i = 0; i < left_width_; ++i) {
      out_.column(i).SetConstant(left_->column(i).GetDatum(row));
    }
    for (size_t i = left_width_; i < out_.column_count(); ++i) {
      out_.column(i).SetConstant(Datum::Null());
    }
    out_.set_row_count(1);
    return &out_;
  }

  const plan::NestedLoopNode& join_;
  std::vector<expr::Evaluator> arguments_;
  std::vector<const Vector*> argument_values_;
  FilterSet conditions_;
  size_t left_width_ = 0;
  size_t right_width_ = 0;
  const Batch* left_ = nullptr;
  uint32_t left_row_ = 0;
  bool in_right_ = false;
  bool matched_ = false;
  std::unique_ptr<RowStore> right_rows_;
  size_t right_chunk_ = 0;
  Batch joined_;
  Batch out_;
};

}  // namespace

OperatorPtr MakeNestedLoop(const plan::NestedLoopNode& node, ExecContext& context) {
  return std::make_unique<NestedLoopOperator>(node, context);
}

}  // namespace grizzly::executor
