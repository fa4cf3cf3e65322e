// DISTINCT and DISTINCT ON: passes the first row of each group, in input order while all groups fit in memory.
//
// Beyond its memory the rows of groups not yet seen go to files by the hash of their keys, to be looked at later.
// DISTINCT ON keeps its input's order: over its sort the groups come one after the other, and only the last one is
// kept; over anything else they stay in memory.
#include "executor/group_table.h"
#include "executor/operators.h"
#include "executor/spill/spill_file.h"
#include "executor/spill/spill_levels.h"
#include "executor/statement_resources.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

class DistinctOperator final : public Operator {
 public:
  DistinctOperator(const plan::DistinctNode& node, ExecContext& context)
      : Operator(node), distinct_(node) {
    for (const expr::ExprPtr& key : node.on) {
      keys_.emplace_back(*key, context.evaluation);
      key_types_.push_back(key->type);
    }
    if (node.on.empty()) key_types_ = node.output_types;
    is_sorted_ = !node.on.empty() && node.children[0]->kind == plan::NodeKind::kSort;
  }

 protected:
  void DoOpen(ExecContext& context) override {
    pending_.clear();
    spilled_.reset();
    input_.reset();
    depth_ = 0;
    budget_bytes_ = StatementResources::HashBudget(context);
    table_ = std::make_unique<GroupTable>(key_types_, context.memory);
    child().Open(context);
  }

  Batch* DoNext(ExecContext& context) override {
    while (true) {
      while (Batch* batch = NextInput(context)) {
        if (Batch* passed = Pass(context, *batch)) return passed;
      }
      NoteMemory(context, distinct_, table_->byte_count());
      if (spilled_ != nullptr) KeepSpilled(context);
      if (pending_.empty()) return nullptr;
      StartPending(context);
    }
  }

 private:
  Batch* NextInput(ExecContext& context) {
    if (input_ == nullptr) return child().Next(context);
    context.CheckCanceled();
    return input_->Read(*read_) ? read_.get() : nullptr;
  }

  std::vector<const Vector*> KeysOf(const Batch& batch) {
    std::vector<const Vector*> keys;
    if (keys_.empty()) {
      for (size_t i = 0; i < key_types_.size(); ++i) keys.push_back(&batch.column(i));
    }
    for (expr::Evaluator& key : keys_) keys.push_back(&key.Evaluate(batch));
    return keys;
  }

  // What is new of the batch, or null.
  Batch* Pass(ExecContext& context, Batch& batch) {
    const std::vector<const Vector*> keys = KeysOf(batch);
    if (spilled_ != nullptr) {
      SpillUnknown(batch, keys);
      return nullptr;
    }
    table_->FindOrAdd(keys, batch.row_count(), groups_);
    fresh_.assign(table_->new_rows().begin(), table_->new_rows().end());
    if (budget_bytes_ > 0 && table_->byte_count() > budget_bytes_) MakeRoom(context, batch);
    if (fresh_.empty()) return nullptr;
    if (fresh_.size() < batch.row_count()) batch.Select(fresh_);
    return &batch;
  }

  void MakeRoom(ExecContext& context, const Batch& batch) {
    if (is_sorted_) {
      // Of the groups so far only the last row's can go on.
      table_ = std::make_unique<GroupTable>(key_types_, context.memory);
      Batch last;
      last.Reference(batch);
      last.Slice(batch.row_count() - 1, 1);
      table_->FindOrAdd(KeysOf(last), 1, groups_);
    } else if (keys_.empty() && depth_ < kSpillDepthMax) {
      spilled_ = std::make_unique<SpillPartitions>(*StatementResources::Current().spill,
                                                   distinct_.children[0]->output_types,
                                                   kSpillPartitions, SpillShift(depth_));
    }
  }

  void SpillUnknown(const Batch& batch, const std::vector<const Vector*>& keys) {
    table_->Find(keys, batch.row_count(), groups_);
    fresh_.clear();
    for (uint32_t row = 0; row < batch.row_count(); ++row) {
      if (groups_[row] == GroupTable::kNoGroup) fresh_.push_back(row);
    }
    if (!fresh_.empty()) spilled_->Write(batch, table_->batch_hashes(), &fresh_);
  }

  void KeepSpilled(ExecContext& context) {
    for (auto& file : TakeFiles(*spilled_)) {
      NoteSpill(context, distinct_, file->byte_count());
      pending_.push_back({std::move(file), depth_ + 1});
    }
    spilled_.reset();
  }

  void StartPending(ExecContext& context) {
    input_ = std::move(pending_.back().file);
    depth_ = pending_.back().depth;
    pending_.pop_back();
    read_ = std::make_unique<Batch>(distinct_.children[0]->output_types);
    table_ = std::make_unique<GroupTable>(key_types_, context.memory);
  }

  const plan::DistinctNode& distinct_;
  std::vector<expr::Evaluator> keys_;
  std::vector<SqlType> key_types_;
  bool is_sorted_ = false;
  std::unique_ptr<GroupTable> table_;
  std::vector<uint32_t> groups_;
  std::vector<uint32_t> fresh_;
  int64_t budget_bytes_ = 0;  // 0: no files
  uint32_t depth_ = 0;        // of the input: how many times it has been to files
  std::unique_ptr<SpillPartitions> spilled_;
  std::vector<SpilledPart> pending_;
  std::unique_ptr<SpillFile> input_;  // null: the child
  std::unique_ptr<Batch> read_;
};

}  // namespace

OperatorPtr MakeDistinct(const plan::DistinctNode& node, ExecContext& context) {
  return std::make_unique<DistinctOperator>(node, context);
}

}  // namespace grizzly::executor
