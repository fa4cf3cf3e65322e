// Equi-joins of every type: a hash table of the right child, probed with batches of the left one.
//
// Output rows keep the left order. Right and full joins hand out unmatched right rows at the end.
#include <algorithm>

#include "executor/filter_set.h"
#include "executor/join/join_table.h"
#include "executor/operators.h"
#include "executor/parallel/parallel_step.h"
#include "executor/statement_resources.h"
#include "expr/evaluator.h"

namespace grizzly::executor {
namespace {

using plan::JoinType;

constexpr double kPartitionsMin = 8;
constexpr double kPartitionsMax = 64;
constexpr uint32_t kPartitionShift = 40;

class HashJoinOperator final : public Operator {
 public:
  HashJoinOperator(const plan::HashJoinNode& node, ExecContext& context)
      : Operator(node), join_(node), conditions_(node.conditions, context) {
    for (const auto& key : node.left_keys) left_keys_.emplace_back(*key, context.evaluation);
    left_width_ = node.children[0]->output_types.size();
    right_width_ = node.children[1]->output_types.size();
    for (size_t side = 0; side < 2; ++side) {
      for (const SqlType& type : node.children[side]->output_types) joined_.AddColumn(Vector(type));
    }
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type));
  }

 protected:
  void DoOpen(ExecContext& context) override {
    const ParallelStep* step = StatementResources::Current().parallel;
    table_ = step != nullptr ? step->FindTable(join_) : nullptr;
    if (table_ != nullptr) Prepare();
    child(0).Open(context);
    left_ = nullptr;
    spilled_right_.reset();
    spilled_left_.reset();
  }

  Batch* DoNext(ExecContext& context) override {
    if (table_ == nullptr) BuildTable(context);
    if (join_.null_aware && table_->has_null_key()) return nullptr;  // NOT IN (..., NULL): never true
    while (true) {
      if (left_ == nullptr) {
        left_ = NextLeft(context);
        if (left_ == nullptr) {
          if (Batch* batch = EmitUnmatchedRight()) return batch;
          if (!NextPartition(context)) return nullptr;
          continue;
        }
        StartProbe();
      }
      Batch* batch = ProbeMore();
      if (batch != nullptr) return batch;
      left_ = nullptr;
    }
  }

 private:
  void BuildTable(ExecContext& context) {
    // NOT IN must know of all rows at once.
    const int64_t budget = join_.null_aware ? 0 : StatementResources::HashBudget(context);
    table_ = std::make_shared<JoinTable>(join_, context);
    if (!table_->Build(context, &child(1), budget > 0 ? budget : -1)) Spill(context, budget);
    NoteMemory(context, join_, table_->byte_count());
    Prepare();
  }

  // Both sides go to files by the hash of their keys; then file by file.
  void Spill(ExecContext& context, int64_t budget) {
    const double rows_per_table = static_cast<double>(table_->row_count());
    const double parts = 2 * join_.children[1]->estimated_rows / std::max(rows_per_table, 1.0);
    const auto count = static_cast<uint32_t>(
        std::clamp<double>(parts, kPartitionsMin, kPartitionsMax));
    NoteMemory(context, join_, budget);
    SpillSpace& space = *StatementResources::Current().spill;
    spilled_right_ = std::make_unique<SpillPartitions>(space, table_->store_types(), count,
                                                       kPartitionShift);
    table_->SpillInto(*spilled_right_, context, child(1));
    spilled_left_ = std::make_unique<SpillPartitions>(space, join_.children[0]->output_types, count,
                                                      kPartitionShift);
    while (const Batch* input = child(0).Next(context)) {
      probe_keys_.clear();
      for (expr::Evaluator& key : left_keys_) probe_keys_.push_back(&key.Evaluate(*input));
      probe_hashes_.resize(input->row_count());
      table_->Hash(probe_keys_, input->row_count(), probe_hashes_.data());
      spilled_left_->Write(*input, probe_hashes_.data(), nullptr);
    }
    spilled_left_->FinishWriting();
    NoteSpill(context, join_, spilled_right_->byte_count() + spilled_left_->byte_count());
    left_batch_ = Batch(join_.children[0]->output_types);
    partition_ = 0;
    LoadPartition(context);
  }

  void LoadPartition(ExecContext& context) {
    table_ = std::make_shared<JoinTable>(join_, context);
    const auto file = spilled_right_->Take(partition_);
    table_->BuildFrom(*file, context);
  }

  bool NextPartition(ExecContext& context) {
    if (spilled_right_ == nullptr || ++partition_ >= spilled_right_->count()) return false;
    spilled_left_->Take(partition_ - 1);  // read to its end
    LoadPartition(context);
    Prepare();
    return true;
  }

  const Batch* NextLeft(ExecContext& context) {
    if (spilled_left_ == nullptr) return child(0).Next(context);
    return spilled_left_->file(partition_).Read(left_batch_) ? &left_batch_ : nullptr;
  }

  void Prepare() {
    next_unmatched_ = 0;
    const bool needs_right = join_.type == JoinType::kRight || join_.type == JoinType::kFull;
    matched_right_.assign(needs_right ? table_->row_limit() : 0, false);
  }

  bool IsSemiOrAnti() const {
    return join_.type == JoinType::kSemi || join_.type == JoinType::kAnti;
  }

  void StartProbe() {
    probe_keys_.clear();
    for (expr::Evaluator& key : left_keys_) probe_keys_.push_back(&key.Evaluate(*left_));
    probe_hashes_.resize(left_->row_count());
    table_->Hash(probe_keys_, left_->row_count(), probe_hashes_.data());
    left_row_ = 0;
    candidate_ = JoinTable::kNoRow;
    candidate_started_ = false;
    left_matched_.assign(left_->row_count(), false);
    unmatched_done_ = false;
  }

  // Pairs of the current left batch, up to a batch full; then its unmatched rows where wanted.
  Batch* ProbeMore() {
    while (left_row_ < left_->row_count()) {
      CollectPairs();
      table_->KeepEqual(probe_keys_, &pair_left_, &pair_right_);
      if (pair_left_.empty()) continue;
      if (Batch* batch = JoinPairs()) return batch;
    }
    if (unmatched_done_) return nullptr;
    unmatched_done_ = true;
    return EmitLeft();
  }

  // Pairs whose hashes agree.
  void CollectPairs() {
    pair_left_.resize(types::kBatchRowsMax);
    pair_right_.resize(types::kBatchRowsMax);
    uint32_t count = 0;
    const uint32_t row_count = left_->row_count();
    while (left_row_ < row_count) {
      const uint64_t hash = probe_hashes_[left_row_];
      if (!candidate_started_) {
        candidate_ = table_->First(hash);
        candidate_started_ = true;
      }
      while (candidate_ != JoinTable::kNoRow) {
        const uint32_t right_row = candidate_;
        candidate_ = table_->Next(right_row);
        if (table_->HashOf(right_row) != hash) continue;
        pair_left_[count] = left_row_;
        pair_right_[count++] = right_row;
        if (count == types::kBatchRowsMax) {
          Resize(count);
          return;
        }
      }
      ++left_row_;
      candidate_started_ = false;
    }
    Resize(count);
  }

  void Resize(uint32_t count) {
    pair_left_.resize(count);
    pair_right_.resize(count);
  }

  Batch* JoinPairs() {
    if (IsSemiOrAnti() && conditions_.empty()) {
      for (uint32_t row : pair_left_) left_matched_[row] = true;
      return nullptr;
    }
    joined_.Reset();
    for (size_t i = 0; i < left_width_; ++i) joined_.column(i).Slice(left_->column(i), pair_left_);
    GatherRight(joined_, left_width_);
    joined_.set_row_count(static_cast<uint32_t>(pair_left_.size()));
    if (!conditions_.empty()) KeepPassing();
    for (size_t i = 0; i < pair_left_.size(); ++i) left_matched_[pair_left_[i]] = true;
    if (!matched_right_.empty()) {
      for (uint32_t row : pair_right_) matched_right_[row] = true;
    }
    if (IsSemiOrAnti()) return nullptr;
    return joined_.row_count() > 0 ? &joined_ : nullptr;
  }

  // Narrows the pairs to those that pass the conditions; pair numbers ride along as a column.
  void KeepPassing() {
    Vector index(SqlType{.oid = 23, .physical = types::PhysicalType::kInt32},
                 joined_.row_count());
    int32_t* numbers = index.Data<int32_t>();
    for (uint32_t i = 0; i < joined_.row_count(); ++i) numbers[i] = static_cast<int32_t>(i);
    joined_.AddColumn(std::move(index));
    conditions_.Apply(joined_);
    const auto reader = joined_.columns().back().Reader<int32_t>();
    for (uint32_t i = 0; i < joined_.row_count(); ++i) {
      pair_left_[i] = pair_left_[static_cast<size_t>(reader[i])];
      pair_right_[i] = pair_right_[static_cast<size_t>(reader[i])];
    }
    Resize(joined_.row_count());
    joined_.columns().pop_back();
  }

  void GatherRight(Batch& out, size_t first_column) const {
    for (size_t c = 0; c < right_width_; ++c) {
      table_->Gather(c, pair_right_, out.column(first_column + c));
    }
  }

  // What a finished left batch still owes: unmatched rows (left, full, anti) or matched ones (semi).
  Batch* EmitLeft() {
    const bool wants_unmatched = join_.type == JoinType::kLeft || join_.type == JoinType::kFull ||
                                 join_.type == JoinType::kAnti;
    if (!wants_unmatched && join_.type != JoinType::kSemi) return nullptr;
    pair_left_.clear();
    for (uint32_t row = 0; row < left_->row_count(); ++row) {
      if (left_matched_[row] == wants_unmatched) continue;
      if (join_.null_aware && table_->row_count() > 0 && probe_keys_[0]->IsNull(row)) continue;
      pair_left_.push_back(row);
    }
    if (pair_left_.empty()) return nullptr;
    for (size_t i = 0; i < left_width_; ++i) out_.column(i).Slice(left_->column(i), pair_left_);
    for (size_t i = left_width_; i < out_.column_count(); ++i) {
      out_.column(i).SetConstant(Datum::Null());
    }
    out_.set_row_count(static_cast<uint32_t>(pair_left_.size()));
    return &out_;
  }

  Batch* EmitUnmatchedRight() {
    if (matched_right_.empty()) return nullptr;
    pair_right_.clear();
    while (next_unmatched_ < matched_right_.size() && pair_right_.size() < types::kBatchRowsMax) {
      if (table_->IsRow(next_unmatched_) && !matched_right_[next_unmatched_]) {
        pair_right_.push_back(next_unmatched_);
      }
      ++next_unmatched_;
    }
    if (pair_right_.empty()) return nullptr;
    out_.Reset();
    for (size_t i = 0; i < left_width_; ++i) out_.column(i).SetConstant(Datum::Null());
    GatherRight(out_, left_width_);
    out_.set_row_count(static_cast<uint32_t>(pair_right_.size()));
    return &out_;
  }

  const plan::HashJoinNode& join_;
  FilterSet conditions_;
  std::vector<expr::Evaluator> left_keys_;
  size_t left_width_ = 0;
  size_t right_width_ = 0;

  std::shared_ptr<JoinTable> table_;  // perhaps shared with other workers
  std::unique_ptr<SpillPartitions> spilled_right_;  // null: it all fits
  std::unique_ptr<SpillPartitions> spilled_left_;
  size_t partition_ = 0;
  Batch left_batch_;                  // of a spilled left side
  std::vector<bool> matched_right_;
  uint32_t next_unmatched_ = 0;

  const Batch* left_ = nullptr;
  std::vector<const Vector*> probe_keys_;
  std::vector<uint64_t> probe_hashes_;
  std::vector<bool> left_matched_;
  uint32_t left_row_ = 0;
  uint32_t candidate_ = JoinTable::kNoRow;
  bool candidate_started_ = false;
  bool unmatched_done_ = false;
  std::vector<uint32_t> pair_left_;
  std::vector<uint32_t> pair_right_;
  Batch joined_;
  Batch out_;
};

}  // namespace

OperatorPtr MakeHashJoin(const plan::HashJoinNode& node, ExecContext& context) {
  return std::make_unique<HashJoinOperator>(node, context);
}

}  // namespace grizzly::executor
