// Equi-joins of every type: a hash table of the right child, probed with batches of the left one.
//
// Output rows keep the left order. Right and full joins hand out unmatched right rows at the end; right semi
// and anti joins hand out nothing else. Of several workers that probe one table, the last to be done does that.
#include <algorithm>

#include "executor/join/join_table.h"
#include "executor/join/pair_finder.h"
#include "executor/join/scan_keys.h"
#include "executor/operators.h"
#include "executor/parallel/parallel_step.h"
#include "executor/statement_resources.h"

namespace grizzly::executor {
namespace {

using plan::JoinType;

constexpr double kPartitionsMin = 8;
constexpr double kPartitionsMax = 64;
constexpr uint32_t kPartitionShift = 40;

bool IsSemiOrAnti(JoinType type) { return type == JoinType::kSemi || type == JoinType::kAnti; }
bool IsRightSemiOrAnti(JoinType type) {
  return type == JoinType::kRightSemi || type == JoinType::kRightAnti;
}

class HashJoinOperator final : public Operator {
 public:
  HashJoinOperator(const plan::HashJoinNode& node, ExecContext& context)
      : Operator(node),
        join_(node),
        pairs_(node, context),
        left_width_(IsRightSemiOrAnti(node.type) ? 0 : node.children[0]->output_types.size()),
        right_width_(node.children[1]->output_types.size()) {
    for (const SqlType& type : node.output_types) out_.AddColumn(Vector(type));
  }

 protected:
  void DoOpen(ExecContext& context) override {
    step_ = StatementResources::Current().parallel;
    if (!KeepsTable(context)) table_ = step_ != nullptr ? step_->FindTable(join_) : nullptr;
    if (table_ == nullptr || join_.keeps_right) step_ = nullptr;
    if (step_ != nullptr) step_->BeginProbe(join_);
    is_ready_ = false;
    left_ = nullptr;
    spilled_right_.reset();
    spilled_left_.reset();
  }

  Batch* DoNext(ExecContext& context) override {
    if (!is_ready_) GetReady(context);
    if (join_.null_aware && table_->has_null_key()) return nullptr;  // NOT IN (..., NULL): never true
    while (true) {
      if (left_ == nullptr) {
        left_ = NextLeft(context);
        if (left_ == nullptr) {
          if (Batch* batch = EmitRight()) return batch;
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
  // The one of the last time is as good. Not while a row is checked again: its scan hands out another version.
  bool KeepsTable(const ExecContext& context) {
    if (!join_.keeps_right || table_ == nullptr || spilled_right_ != nullptr || !context.pinned.empty()) {
      return false;
    }
    table_->ResetMarks();
    return true;
  }

  // The table first, so that the scans of the left side know its keys.
  void GetReady(ExecContext& context) {
    is_ready_ = true;
    is_left_read_ = false;
    if (table_ == nullptr) {
      BuildTable(context);
      if (spilled_right_ != nullptr) return;
    }
    next_right_ = 0;
    is_left_read_ = (table_->row_count() == 0 && NeedsBothSides()) ||
                    (IsRightSemiOrAnti(join_.type) && MarkOnWorkers(context));
    if (!is_left_read_) child(0).Open(context);
  }

  // Nothing comes of an empty right side.
  bool NeedsBothSides() const {
    return join_.type != JoinType::kLeft && join_.type != JoinType::kFull &&
           join_.type != JoinType::kAnti;
  }

  void BuildTable(ExecContext& context) {
    // NOT IN must know of all rows at once.
    const int64_t budget = join_.null_aware ? 0 : StatementResources::HashBudget(context);
    table_ = std::make_shared<JoinTable>(join_, context);
    const bool fits = table_->Build(context, &child(1), budget > 0 ? budget : -1);
    PublishKeys(context, join_, fits ? table_.get() : nullptr);
    if (!fits) Spill(context, budget);
    NoteMemory(context, join_, table_->byte_count());
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
    child(0).Open(context);
    while (const Batch* input = child(0).Next(context)) {
      pairs_.HashKeys(*table_, *input);
      spilled_left_->Write(*input, pairs_.hashes().data(), nullptr);
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
    next_right_ = 0;
  }

  bool NextPartition(ExecContext& context) {
    if (spilled_right_ == nullptr || ++partition_ >= spilled_right_->count()) return false;
    spilled_left_->Take(partition_ - 1);  // read to its end
    LoadPartition(context);
    return true;
  }

  const Batch* NextLeft(ExecContext& context) {
    if (is_left_read_) return nullptr;
    if (spilled_left_ == nullptr) return child(0).Next(context);
    return spilled_left_->file(partition_).Read(left_batch_) ? &left_batch_ : nullptr;
  }

  // False: the left side is not for workers.
  bool MarkOnWorkers(ExecContext& context) {
    const auto step = ParallelStep::TryMake(*join_.children[0], context);
    if (step == nullptr) return false;
    step->Run(context, [&](int, ExecContext& own, Operator& root) {
      PairFinder pairs(join_, own);
      root.Open(own);
      while (const Batch* input = root.Next(own)) MarkMet(pairs, *input);
    });
    return true;
  }

  void MarkMet(PairFinder& pairs, const Batch& left) {
    pairs.Start(*table_, left, &table_->marks());
    while (pairs.Next(false)) {
      for (const uint32_t row : pairs.right_rows()) table_->marks().Set(row);
    }
  }

  void StartProbe() {
    pairs_.Start(*table_, *left_, IsRightSemiOrAnti(join_.type) ? &table_->marks() : nullptr);
    left_matched_.assign(left_->row_count(), false);
    is_left_done_ = false;
  }

  // Pairs of the current left batch, up to a batch full; then its unmatched rows where wanted.
  Batch* ProbeMore() {
    const bool joins = !IsSemiOrAnti(join_.type) && !IsRightSemiOrAnti(join_.type);
    while (pairs_.Next(joins)) {
      for (const uint32_t row : pairs_.left_rows()) left_matched_[row] = true;
      if (!table_->marks().empty()) {
        for (const uint32_t row : pairs_.right_rows()) table_->marks().Set(row);
      }
      if (joins) return &pairs_.joined();
    }
    if (is_left_done_) return nullptr;
    is_left_done_ = true;
    return EmitLeft();
  }

  // What a finished left batch still owes: unmatched rows (left, full, anti) or matched ones (semi).
  Batch* EmitLeft() {
    const bool wants_unmatched = join_.type == JoinType::kLeft || join_.type == JoinType::kFull ||
                                 join_.type == JoinType::kAnti;
    if (!wants_unmatched && join_.type != JoinType::kSemi) return nullptr;
    rows_.clear();
    for (uint32_t row = 0; row < left_->row_count(); ++row) {
      if (left_matched_[row] == wants_unmatched) continue;
      if (join_.null_aware && table_->row_count() > 0 && pairs_.keys()[0]->IsNull(row)) continue;
      rows_.push_back(row);
    }
    if (rows_.empty()) return nullptr;
    for (size_t i = 0; i < left_width_; ++i) out_.column(i).Slice(left_->column(i), rows_);
    for (size_t i = left_width_; i < out_.column_count(); ++i) {
      out_.column(i).SetConstant(Datum::Null());
    }
    out_.set_row_count(static_cast<uint32_t>(rows_.size()));
    return &out_;
  }

  // Everybody else has read his part of the left side.
  bool IsLastToProbe() {
    if (step_ == nullptr) return true;
    if (!has_ended_) {
      has_ended_ = true;
      is_last_ = step_->EndProbe(join_);
    }
    return is_last_;
  }

  // Right rows that were met (right semi), or those that were not.
  Batch* EmitRight() {
    const RowMarks& marks = table_->marks();
    if (marks.empty() || !IsLastToProbe()) return nullptr;
    const bool wants_met = join_.type == JoinType::kRightSemi;
    rows_.clear();
    while (next_right_ < marks.size() && rows_.size() < types::kBatchRowsMax) {
      if (table_->IsRow(next_right_) && marks.IsSet(next_right_) == wants_met) {
        rows_.push_back(next_right_);
      }
      ++next_right_;
    }
    if (rows_.empty()) return nullptr;
    out_.Reset();
    for (size_t i = 0; i < left_width_; ++i) out_.column(i).SetConstant(Datum::Null());
    for (size_t c = 0; c < right_width_; ++c) {
      table_->Gather(c, rows_, out_.column(left_width_ + c));
    }
    out_.set_row_count(static_cast<uint32_t>(rows_.size()));
    return &out_;
  }

  const plan::HashJoinNode& join_;
  PairFinder pairs_;
  const size_t left_width_;           // of the output
  const size_t right_width_;

  std::shared_ptr<JoinTable> table_;  // perhaps shared with other workers
  bool is_ready_ = false;
  bool is_left_read_ = false;
  std::unique_ptr<SpillPartitions> spilled_right_;  // null: it all fits
  std::unique_ptr<SpillPartitions> spilled_left_;
  size_t partition_ = 0;
  Batch left_batch_;                  // of a spilled left side
  uint32_t next_right_ = 0;
  ParallelStep* step_ = nullptr;      // whose table it is
  bool has_ended_ = false;
  bool is_last_ = false;

  const Batch* left_ = nullptr;
  std::vector<bool> left_matched_;
  bool is_left_done_ = false;
  std::vector<uint32_t> rows_;
  Batch out_;
};

}  // namespace

OperatorPtr MakeHashJoin(const plan::HashJoinNode& node, ExecContext& context) {
  return std::make_unique<HashJoinOperator>(node, context);
}

}  // namespace grizzly::executor
