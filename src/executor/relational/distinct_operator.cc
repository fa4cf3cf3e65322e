// DISTINCT and DISTINCT ON: passes the first row of each group, in input order.
#include "executor/group_table.h"
#include "executor/operators.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

class DistinctOperator final : public Operator {
 public:
  DistinctOperator(const plan::DistinctNode& node, ExecContext& context) : Operator(node) {
    for (const expr::ExprPtr& key : node.on) {
      keys_.emplace_back(*key, context.evaluation);
      key_types_.push_back(key->type);
    }
    if (node.on.empty()) key_types_ = node.output_types;
  }

 protected:
  void DoOpen(ExecContext& context) override {
    table_ = std::make_unique<GroupTable>(key_types_, context.memory);
    child().Open(context);
  }

  Batch* DoNext(ExecContext& context) override {
    while (Batch* batch = child().Next(context)) {
      std::vector<const Vector*> keys;
      if (keys_.empty()) {
        for (size_t i = 0; i < batch->column_count(); ++i) keys.push_back(&batch->column(i));
      }
      for (expr::Evaluator& key : keys_) keys.push_back(&key.Evaluate(*batch));
      table_->FindOrAdd(keys, batch->row_count(), groups_);
      const std::span<const uint32_t> fresh = table_->new_rows();
      if (fresh.empty()) continue;
      if (fresh.size() < batch->row_count()) batch->Select(fresh);
      return batch;
    }
    return nullptr;
  }

 private:
  std::vector<expr::Evaluator> keys_;
  std::vector<SqlType> key_types_;
  std::unique_ptr<GroupTable> table_;
  std::vector<uint32_t> groups_;
};

}  // namespace

OperatorPtr MakeDistinct(const plan::DistinctNode& node, ExecContext& context) {
  return std::make_unique<DistinctOperator>(node, context);
}

}  // namespace grizzly::executor
