// UNION, INTERSECT and EXCEPT, with and without ALL: counts rows of both sides by value.
#include <algorithm>

#include "executor/group_table.h"
#include "executor/operators.h"

namespace grizzly::executor {
namespace {

class SetOperationOperator final : public Operator {
 public:
  explicit SetOperationOperator(const plan::SetOperationNode& node)
      : Operator(node), set_(node), out_(node.output_types) {}

 protected:
  void DoOpen(ExecContext& context) override {
    table_ = std::make_unique<GroupTable>(node().output_types, context.memory);
    counts_[0].clear();
    counts_[1].clear();
    child(0).Open(context);
    child(1).Open(context);
    is_read_ = false;
    next_group_ = 0;
    repeats_done_ = 0;
  }

  Batch* DoNext(ExecContext& context) override {
    if (!is_read_) {
      for (size_t side = 0; side < 2; ++side) Count(context, side);
      is_read_ = true;
    }
    out_.Reset();
    uint32_t rows = 0;
    while (next_group_ < table_->group_count() && rows < types::kBatchRowsMax) {
      const uint64_t wanted = Wanted(next_group_);
      while (repeats_done_ < wanted && rows < types::kBatchRowsMax) {
        table_->keys().GatherRow(next_group_, out_, rows++);
        ++repeats_done_;
      }
      if (repeats_done_ < wanted) break;
      ++next_group_;
      repeats_done_ = 0;
    }
    out_.set_row_count(rows);
    return rows == 0 ? nullptr : &out_;
  }

 private:
  void Count(ExecContext& context, size_t side) {
    while (const Batch* batch = child(side).Next(context)) {
      std::vector<const Vector*> keys;
      for (size_t i = 0; i < node().output_types.size(); ++i) keys.push_back(&batch->column(i));
      // EXCEPT and INTERSECT need no groups that only the right side has.
      if (side == 1 && set_.operation != plan::SetOperationType::kUnion) {
        table_->Find(keys, batch->row_count(), groups_);
      } else {
        table_->FindOrAdd(keys, batch->row_count(), groups_);
      }
      counts_[side].resize(table_->group_count());
      for (uint32_t group : groups_) {
        if (group != GroupTable::kNoGroup) counts_[side][group] += 1;
      }
    }
  }

  uint64_t Wanted(uint32_t group) const {
    const uint64_t left = group < counts_[0].size() ? counts_[0][group] : 0;
    const uint64_t right = group < counts_[1].size() ? counts_[1][group] : 0;
    switch (set_.operation) {
      case plan::SetOperationType::kUnion: return set_.all ? left + right : 1;
      case plan::SetOperationType::kIntersect:
        return set_.all ? std::min(left, right) : (left > 0 && right > 0 ? 1 : 0);
      case plan::SetOperationType::kExcept:
        if (!set_.all) return right == 0 ? 1 : 0;
        return left > right ? left - right : 0;
    }
    return 0;
  }

  const plan::SetOperationNode& set_;
  std::unique_ptr<GroupTable> table_;
  std::vector<uint64_t> counts_[2];
  std::vector<uint32_t> groups_;
  bool is_read_ = false;
  uint32_t next_group_ = 0;
  uint64_t repeats_done_ = 0;
  Batch out_;
};

}  // namespace

OperatorPtr MakeSetOperation(const plan::SetOperationNode& node, ExecContext&) {
  return std::make_unique<SetOperationOperator>(node);
}

}  // namespace grizzly::executor
