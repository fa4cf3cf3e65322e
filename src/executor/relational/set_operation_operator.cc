// UNION, INTERSECT and EXCEPT, with and without ALL: counts rows of both sides by value.
//
// Beyond its memory the rows of values not yet known go to files, of both sides split alike by the hash of the
// row; each pair of files is a smaller operation of its own.
#include <algorithm>

#include "executor/group_table.h"
#include "executor/operators.h"
#include "executor/spill/spill_levels.h"
#include "executor/statement_resources.h"

namespace grizzly::executor {
namespace {

class SetOperationOperator final : public Operator {
 public:
  explicit SetOperationOperator(const plan::SetOperationNode& node)
      : Operator(node), set_(node), out_(node.output_types), read_(node.output_types) {}

 protected:
  void DoOpen(ExecContext& context) override {
    pending_.clear();
    input_ = {};
    budget_bytes_ = StatementResources::HashBudget(context);
    child(0).Open(context);
    child(1).Open(context);
    Start(context);
  }

  Batch* DoNext(ExecContext& context) override {
    while (true) {
      if (!is_read_) CountBoth(context);
      if (Emit()) return &out_;
      if (pending_.empty()) return nullptr;
      input_ = std::move(pending_.back());
      pending_.pop_back();
      Start(context);
    }
  }

 private:
  // The rows of one part on both sides; a side without rows has no file.
  struct Part {
    std::unique_ptr<SpillFile> sides[2];
    uint32_t depth = 0;  // 0: the children
  };

  void Start(ExecContext& context) {
    table_ = std::make_unique<GroupTable>(node().output_types, context.memory);
    for (auto& counts : counts_) counts.clear();
    for (auto& spilled : spilled_) spilled.reset();
    is_read_ = false;
    next_group_ = 0;
    repeats_done_ = 0;
  }

  const Batch* NextInput(ExecContext& context, size_t side) {
    if (input_.depth == 0) return child(side).Next(context);
    context.CheckCanceled();
    SpillFile* const file = input_.sides[side].get();
    return file != nullptr && file->Read(read_) ? &read_ : nullptr;
  }

  void CountBoth(ExecContext& context) {
    for (size_t side = 0; side < 2; ++side) {
      while (const Batch* batch = NextInput(context, side)) Count(*batch, side);
    }
    NoteMemory(context, set_, table_->byte_count());
    if (spilled_[0] != nullptr) KeepSpilled(context);
    is_read_ = true;
  }

  void Count(const Batch& batch, size_t side) {
    std::vector<const Vector*> keys;
    for (size_t i = 0; i < node().output_types.size(); ++i) keys.push_back(&batch.column(i));
    // EXCEPT and INTERSECT need no groups that only the right side has.
    const bool adds = side == 0 || set_.operation == plan::SetOperationType::kUnion;
    if (adds && spilled_[0] == nullptr) {
      table_->FindOrAdd(keys, batch.row_count(), groups_);
      if (budget_bytes_ > 0 && table_->byte_count() > budget_bytes_) StartSpilling();
    } else {
      table_->Find(keys, batch.row_count(), groups_);
      if (spilled_[0] != nullptr) SpillUnknown(batch, side);
    }
    counts_[side].resize(table_->group_count());
    for (uint32_t group : groups_) {
      if (group != GroupTable::kNoGroup) counts_[side][group] += 1;
    }
  }

  void StartSpilling() {
    if (input_.depth >= kSpillDepthMax) return;
    for (auto& spilled : spilled_) {
      spilled = std::make_unique<SpillPartitions>(*StatementResources::Current().spill,
                                                  node().output_types, kSpillPartitions,
                                                  SpillShift(input_.depth));
    }
  }

  void SpillUnknown(const Batch& batch, size_t side) {
    unknown_.clear();
    for (uint32_t row = 0; row < batch.row_count(); ++row) {
      if (groups_[row] == GroupTable::kNoGroup) unknown_.push_back(row);
    }
    if (!unknown_.empty()) spilled_[side]->Write(batch, table_->batch_hashes(), &unknown_);
  }

  void KeepSpilled(ExecContext& context) {
    for (auto& spilled : spilled_) spilled->FinishWriting();
    for (size_t p = 0; p < kSpillPartitions; ++p) {
      Part part;
      part.depth = input_.depth + 1;
      for (size_t side = 0; side < 2; ++side) {
        if (spilled_[side]->file(p).row_count() == 0) continue;
        part.sides[side] = spilled_[side]->Take(p);
        NoteSpill(context, set_, part.sides[side]->byte_count());
      }
      if (part.sides[0] != nullptr || part.sides[1] != nullptr) pending_.push_back(std::move(part));
    }
    for (auto& spilled : spilled_) spilled.reset();
  }

  // The next rows into out_; false: none left of this part.
  bool Emit() {
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
    return rows > 0;
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
  int64_t budget_bytes_ = 0;  // 0: no files
  std::unique_ptr<SpillPartitions> spilled_[2];  // both or none
  std::vector<uint32_t> unknown_;
  Part input_;
  std::vector<Part> pending_;
  bool is_read_ = false;
  uint32_t next_group_ = 0;
  uint64_t repeats_done_ = 0;
  Batch out_;
  Batch read_;
};

}  // namespace

OperatorPtr MakeSetOperation(const plan::SetOperationNode& node, ExecContext&) {
  return std::make_unique<SetOperationOperator>(node);
}

}  // namespace grizzly::executor
