#include "executor/join/pair_finder.h"

namespace grizzly::executor {
namespace {

// Rows of the table are asked for so many left rows before they are looked at.
constexpr uint32_t kAhead = 8;

}  // namespace

PairFinder::PairFinder(const plan::HashJoinNode& node, ExecContext& context)
    : conditions_(node.conditions, context),
      left_width_(node.children[0]->output_types.size()),
      right_width_(node.children[1]->output_types.size()) {
  for (const auto& key : node.left_keys) left_keys_.emplace_back(*key, context.evaluation);
  for (size_t side = 0; side < 2; ++side) {
    for (const SqlType& type : node.children[side]->output_types) joined_.AddColumn(Vector(type));
  }
}

void PairFinder::HashKeys(const JoinTable& table, const Batch& left) {
  keys_.clear();
  for (expr::Evaluator& key : left_keys_) keys_.push_back(&key.Evaluate(left));
  hashes_.resize(left.row_count());
  table.Hash(keys_, left.row_count(), hashes_.data());
}

void PairFinder::Start(const JoinTable& table, const Batch& left, const RowMarks* known) {
  table_ = &table;
  left_ = &left;
  known_ = known;
  HashKeys(table, left);
  first_rows_.resize(left.row_count());
  table.FindFirst(hashes_, first_rows_.data());
  left_row_ = 0;
  candidate_ = JoinTable::kNoRow;
  candidate_started_ = false;
}

bool PairFinder::Next(bool joins) {
  while (left_row_ < left_->row_count()) {
    CollectCandidates();
    if (known_ != nullptr) DropKnown();
    table_->KeepEqual(keys_, &left_rows_, &right_rows_);
    if (left_rows_.empty()) continue;
    if (joins || has_conditions()) Join();
    if (has_conditions()) KeepPassing();
    if (!left_rows_.empty()) return true;
  }
  return false;
}

// Pairs whose hashes agree, by half.
void PairFinder::CollectCandidates() {
  Resize(types::kBatchRowsMax);
  uint32_t count = 0;
  const uint32_t row_count = left_->row_count();
  while (left_row_ < row_count) {
    const uint32_t hash = JoinTable::LinkHash(hashes_[left_row_]);
    if (!candidate_started_) {
      if (left_row_ + kAhead < row_count) table_->PrefetchLink(first_rows_[left_row_ + kAhead]);
      candidate_ = first_rows_[left_row_];
      candidate_started_ = true;
    }
    while (candidate_ != JoinTable::kNoRow) {
      const uint32_t right_row = candidate_;
      const JoinTable::Link& link = table_->LinkOf(right_row);
      candidate_ = link.next;
      if (link.hash != hash) continue;
      left_rows_[count] = left_row_;
      right_rows_[count++] = right_row;
      if (count == types::kBatchRowsMax) return;
    }
    ++left_row_;
    candidate_started_ = false;
  }
  Resize(count);
}

void PairFinder::DropKnown() {
  uint32_t kept = 0;
  for (size_t i = 0; i < left_rows_.size(); ++i) {
    left_rows_[kept] = left_rows_[i];
    right_rows_[kept] = right_rows_[i];
    kept += known_->IsSet(right_rows_[i]) ? 0 : 1;
  }
  Resize(kept);
}

void PairFinder::Join() {
  joined_.Reset();
  for (size_t i = 0; i < left_width_; ++i) joined_.column(i).Slice(left_->column(i), left_rows_);
  for (size_t i = 0; i < right_width_; ++i) {
    table_->Gather(i, right_rows_, joined_.column(left_width_ + i));
  }
  joined_.set_row_count(static_cast<uint32_t>(left_rows_.size()));
}

// Narrows the pairs to those that pass the conditions; pair numbers ride along as a column.
void PairFinder::KeepPassing() {
  Vector index(SqlType{.oid = 23, .physical = types::PhysicalType::kInt32}, joined_.row_count());
  int32_t* numbers = index.Data<int32_t>();
  for (uint32_t i = 0; i < joined_.row_count(); ++i) numbers[i] = static_cast<int32_t>(i);
  joined_.AddColumn(std::move(index));
  conditions_.Apply(joined_);
  const auto reader = joined_.columns().back().Reader<int32_t>();
  for (uint32_t i = 0; i < joined_.row_count(); ++i) {
    left_rows_[i] = left_rows_[static_cast<size_t>(reader[i])];
    right_rows_[i] = right_rows_[static_cast<size_t>(reader[i])];
  }
  Resize(joined_.row_count());
  joined_.columns().pop_back();
}

}  // namespace grizzly::executor
