// Pairs of a left batch's rows and a hash table's rows that a join's keys and conditions accept.
//
// Pairs come in the order of the left rows, a batch full at a time.
// THREADS  one at a time; the table may be shared.
#pragma once

#include <vector>

#include "executor/filter_set.h"
#include "executor/join/join_table.h"
#include "expr/evaluator.h"

namespace grizzly::executor {

class PairFinder {
 public:
  PairFinder(const plan::HashJoinNode& node, ExecContext& context);

  bool has_conditions() const { return !conditions_.empty(); }
  // Keys of a left batch and their hashes; for who spills.
  void HashKeys(const JoinTable& table, const Batch& left);
  const std::vector<uint64_t>& hashes() const { return hashes_; }
  const std::vector<const Vector*>& keys() const { return keys_; }

  // `left` and `table` stay unchanged until its last pair. Rows marked in `known` make no pairs (null: all do).
  void Start(const JoinTable& table, const Batch& left, const RowMarks* known = nullptr);
  // False at the end; else there are pairs. With `joins`, or with conditions, joined() is them as rows.
  bool Next(bool joins);
  const std::vector<uint32_t>& left_rows() const { return left_rows_; }
  const std::vector<uint32_t>& right_rows() const { return right_rows_; }
  Batch& joined() { return joined_; }

 private:
  void CollectCandidates();
  void DropKnown();
  void Join();
  void KeepPassing();
  void Resize(uint32_t count) {
    left_rows_.resize(count);
    right_rows_.resize(count);
  }

  FilterSet conditions_;
  std::vector<expr::Evaluator> left_keys_;
  const size_t left_width_;
  const size_t right_width_;

  const JoinTable* table_ = nullptr;
  const Batch* left_ = nullptr;
  const RowMarks* known_ = nullptr;
  std::vector<const Vector*> keys_;
  std::vector<uint64_t> hashes_;
  std::vector<uint32_t> first_rows_;  // in the buckets of the hashes
  uint32_t left_row_ = 0;
  uint32_t candidate_ = JoinTable::kNoRow;
  bool candidate_started_ = false;
  std::vector<uint32_t> left_rows_;
  std::vector<uint32_t> right_rows_;
  Batch joined_;
};

}  // namespace grizzly::executor
