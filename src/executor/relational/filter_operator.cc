// Keeps the rows for which every conjunct is true.
#include "executor/filter_set.h"
#include "executor/operators.h"

namespace grizzly::executor {
namespace {

class FilterOperator final : public Operator {
 public:
  FilterOperator(const plan::FilterNode& node, ExecContext& context)
      : Operator(node), filters_(node.conjuncts, context) {}

 protected:
  void DoOpen(ExecContext& context) override { child().Open(context); }

  Batch* DoNext(ExecContext& context) override {
    while (Batch* batch = child().Next(context)) {
      const uint32_t before = batch->row_count();
      filters_.Apply(*batch);
      CountFiltered(context, before - batch->row_count());
      if (batch->row_count() > 0) return batch;
    }
    return nullptr;
  }

 private:
  FilterSet filters_;
};

}  // namespace

OperatorPtr MakeFilter(const plan::FilterNode& node, ExecContext& context) {
  if (node.keeps_rows()) return MakeKeptFilter(node, context);
  return std::make_unique<FilterOperator>(node, context);
}

}  // namespace grizzly::executor
