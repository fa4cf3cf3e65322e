// Hands on what the operator below makes in batches of at most so many rows: how tests see that no operator
// depends on where batches end.
#include <algorithm>

#include "executor/operators.h"

namespace grizzly::executor {
namespace {

class SplitOperator final : public Operator {
 public:
  SplitOperator(OperatorPtr below, uint32_t rows_max)
      : Operator(below->node()), below_(std::move(below)), rows_max_(rows_max) {}

 protected:
  void DoOpen(ExecContext& context) override {
    whole_ = nullptr;
    below_->Open(context);
  }

  Batch* DoNext(ExecContext& context) override {
    if (whole_ == nullptr || first_ == whole_->row_count()) {
      whole_ = below_->Next(context);
      first_ = 0;
      if (whole_ == nullptr || whole_->row_count() <= rows_max_) {
        Batch* const small = whole_;
        whole_ = nullptr;
        return small;
      }
    }
    const uint32_t count = std::min(rows_max_, whole_->row_count() - first_);
    part_.Reference(*whole_);
    part_.Slice(first_, count);
    first_ += count;
    return &part_;
  }

 private:
  const OperatorPtr below_;
  const uint32_t rows_max_;
  Batch* whole_ = nullptr;
  uint32_t first_ = 0;
  Batch part_;
};

}  // namespace

OperatorPtr MakeSplit(OperatorPtr below, uint32_t rows_max) {
  return std::make_unique<SplitOperator>(std::move(below), rows_max);
}

}  // namespace grizzly::executor
