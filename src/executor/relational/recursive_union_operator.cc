// WITH RECURSIVE: the first term once, then the second over the rows of the round before, until a
// round is empty.
//
// SOURCE  PostgreSQL 15 docs, 7.8.2 "Recursive Queries" (Recursive Query Evaluation)
#include "executor/cte_store.h"
#include "executor/group_table.h"
#include "executor/operators.h"

namespace grizzly::executor {
namespace {

class RecursiveUnionOperator final : public Operator {
 public:
  explicit RecursiveUnionOperator(const plan::RecursiveUnionNode& node)
      : Operator(node), union_(node) {
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type, 0));
  }

 protected:
  void DoOpen(ExecContext& context) override {
    if (!union_.all) seen_ = std::make_unique<GroupTable>(node().output_types, context.memory);
    next_round_ = NewStore(context);
    in_recursion_ = false;
    child(0).Open(context);
  }

  Batch* DoNext(ExecContext& context) override {
    while (true) {
      Batch* batch = child(in_recursion_ ? 1 : 0).Next(context);
      if (batch == nullptr) {
        if (next_round_->rows().row_count() == 0) return nullptr;
        context.ctes[union_.cte] = std::move(next_round_);
        next_round_ = NewStore(context);
        in_recursion_ = true;
        child(1).Open(context);
        continue;
      }
      if (seen_ != nullptr && !KeepNew(*batch)) continue;
      next_round_->rows().Append(*batch);
      out_.Reference(*batch);
      return &out_;
    }
  }

 private:
  std::shared_ptr<CteStore> NewStore(ExecContext& context) const {
    return std::make_shared<CteStore>(node().output_types, nullptr, context);
  }

  // False when every row was there before.
  bool KeepNew(Batch& batch) {
    std::vector<const Vector*> keys;
    for (size_t i = 0; i < batch.column_count(); ++i) keys.push_back(&batch.column(i));
    seen_->FindOrAdd(keys, batch.row_count(), groups_);
    const std::span<const uint32_t> fresh = seen_->new_rows();
    if (fresh.size() < batch.row_count()) batch.Select(fresh);
    return !fresh.empty();
  }

  const plan::RecursiveUnionNode& union_;
  std::unique_ptr<GroupTable> seen_;
  std::shared_ptr<CteStore> next_round_;
  std::vector<uint32_t> groups_;
  bool in_recursion_ = false;
  Batch out_;
};

}  // namespace

OperatorPtr MakeRecursiveUnion(const plan::RecursiveUnionNode& node, ExecContext&) {
  return std::make_unique<RecursiveUnionOperator>(node);
}

}  // namespace grizzly::executor
