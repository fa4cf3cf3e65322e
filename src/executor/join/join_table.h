// The hash table of a join's right side: its rows, chained by the hash of their keys.
//
// Rows are named by number: chunk * kBatchRowsMax + place in the chunk. A chunk of a worker need not be
// full, so numbers have gaps. Chains keep the order the rows came in.
// THREADS  built by one statement thread (and its workers); read by any number afterwards, who also mark rows.
#pragma once

#include <memory>
#include <vector>

#include "executor/join/key_filter.h"
#include "executor/join/row_marks.h"
#include "executor/operator.h"
#include "executor/row_store.h"
#include "executor/spill/spill_file.h"
#include "executor/value_hash.h"

namespace grizzly::executor {

class JoinTable {
 public:
  static constexpr uint32_t kNoRow = UINT32_MAX;

  JoinTable(const plan::HashJoinNode& node, ExecContext& context);
  ~JoinTable();

  // Reads the node's right child: on several workers where that pays, else through `right` (opened here;
  // null: an operator of its own). With a budget (bytes, not negative): false when the rows outgrow it;
  // then only SpillInto and destruction are allowed.
  bool Build(ExecContext& context, Operator* right = nullptr, int64_t budget_bytes = -1);
  // Writes the rows there are and those `right` still has, each with its keys behind its columns.
  void SpillInto(SpillPartitions& partitions, ExecContext& context, Operator& right);
  // From a file that SpillInto wrote.
  void BuildFrom(SpillFile& file, ExecContext& context);
  // What the rows will take, by the planner's estimate.
  static double EstimatedBytes(const plan::HashJoinNode& node);
  // Of key `key`, which must be of an integer type (HasIntegerKey).
  std::shared_ptr<const KeyFilter> MakeKeyFilter(size_t key) const;
  bool HasIntegerKey(size_t key) const;
  std::span<const SqlType> store_types() const { return store_types_; }
  // What the table holds.
  int64_t byte_count() const { return rows_.charged_bytes() + charged_bytes_; }

  // Rows that were met, where the join asks for them (right, full, right semi and anti).
  RowMarks& marks() { return marks_; }
  void ResetMarks() { marks_.Reset(marks_.size()); }

  uint64_t row_count() const { return rows_.row_count(); }
  bool has_null_key() const { return has_null_key_; }
  // Above every row number.
  uint32_t row_limit() const { return static_cast<uint32_t>(links_.size()); }
  bool IsRow(uint32_t row) const {
    return row % types::kBatchRowsMax < rows_.chunk(row / types::kBatchRowsMax).row_count();
  }

  // Of each hash: the first row in its bucket.
  void FindFirst(std::span<const uint64_t> hashes, uint32_t* rows) const;
  // A row's place in the chain of its bucket.
  struct Link {
    uint32_t next = kNoRow;
    uint32_t hash = 0;  // the upper half
  };
  const Link& LinkOf(uint32_t row) const { return links_[row]; }
  void PrefetchLink(uint32_t row) const {
    if (row != kNoRow) __builtin_prefetch(&links_[row]);
  }
  static uint32_t LinkHash(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }

  // Removes the pairs whose keys are not equal; NULL equals NULL only where the join says so. Keeps
  // their order. The hashes of each pair agree already, by half.
  void KeepEqual(std::span<const Vector* const> probe_keys, std::vector<uint32_t>* probe_rows,
                 std::vector<uint32_t>* rows) const;
  // Column `column` of these rows to rows 0 ... of `out`; long strings, and all values of a small table, by reference.
  void Gather(size_t column, std::span<const uint32_t> rows, Vector& out) const;
  void Hash(std::span<const Vector* const> keys, uint32_t row_count, uint64_t* hashes) const {
    keys_.Hash(keys, row_count, hashes);
  }

 private:
  class Side;  // one worker's rows on their way in
  bool TryBuildParallel(ExecContext& context);
  void Take(Side& side);
  template <typename Visit>
  void ForEachKey(size_t key, const Visit& visit) const;
  void LinkRows(ExecContext& context);
  bool NullMatches(size_t key) const {
    return key < node_.null_equal.size() && node_.null_equal[key];
  }

  const plan::HashJoinNode& node_;
  KeyColumns keys_;
  size_t width_;                      // of the right child
  std::vector<SqlType> store_types_;  // its columns, then the keys that are none of them
  std::vector<size_t> key_columns_;   // of the store, by key
  RowStore rows_;
  RowMarks marks_;
  std::vector<uint64_t> hashes_;      // by row number; until they are linked
  std::vector<uint32_t> heads_;
  std::vector<Link> links_;           // by row number
  uint64_t mask_ = 0;
  bool has_null_key_ = false;
  MemoryTracker* const memory_;
  int64_t charged_bytes_ = 0;
};

}  // namespace grizzly::executor
