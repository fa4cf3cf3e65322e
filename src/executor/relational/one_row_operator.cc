// SELECT without FROM: one row, no columns.
#include "executor/operators.h"

namespace grizzly::executor {
namespace {

class OneRowOperator final : public Operator {
 public:
  using Operator::Operator;

 protected:
  void DoOpen(ExecContext&) override { done_ = false; }
  Batch* DoNext(ExecContext&) override {
    if (done_) return nullptr;
    done_ = true;
    batch_.set_row_count(1);
    return &batch_;
  }

 private:
  Batch batch_;
  bool done_ = false;
};

}  // namespace

OperatorPtr MakeOneRow(const plan::OneRowNode& node, ExecContext&) {
  return std::make_unique<OneRowOperator>(node);
}

}  // namespace grizzly::executor
