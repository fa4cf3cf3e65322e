// New rows of a columnar table: few go to the delta, many become row groups at once.
//
// A statement's first rows are put into the delta; once they are many, the ones that follow get consecutive
// row ids, are gathered by column, and every kGroupRowsMax become a group. Segments go to the
// store directly, past the write set (nobody finds them without their descriptor, and a rollback removes
// them); the descriptor goes into the write set, and so belongs to the command, the savepoint and the
// transaction. So memory stays bounded whatever the number of rows.
//
// THREADS  the statement's. ERRORS  53200
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/memory/memory_tracker.h"
#include "catalog/relation.h"
#include "executor/columnar/group_reader.h"
#include "storage/column/row_group.h"
#include "txn/transaction.h"

namespace grizzly::executor {

class RowAppender {
 public:
  // All outlive it; `memory` may be null.
  RowAppender(txn::Transaction& transaction, txn::TransactionManager& transactions,
              const catalog::Relation& table, MemoryTracker* memory);
  ~RowAppender();

  // Row ids of the next `count` rows, at most kBatchRowsMax; valid until the next call. They are to be
  // appended before others are asked for.
  const std::vector<uint64_t>& TakeRowIds(uint32_t count);
  // The rows of a batch whose first columns are the table's, under the row ids taken last.
  void Append(const types::Batch& rows);
  // Nothing is appended afterwards. Without it, rows that were gathered are lost.
  void Finish();

 private:
  void PutIntoDelta(const types::Batch& rows, uint32_t row, uint64_t row_id);
  void StartGroup();
  uint32_t gathered_rows() const;
  void FinishGroup();
  void ChargeMemory();

  txn::Transaction& transaction_;
  txn::TransactionManager& transactions_;
  const catalog::Relation& table_;
  MemoryTracker* const memory_;
  const std::string head_;
  uint64_t delta_rows_ = 0;
  std::unique_ptr<storage::GroupBuilder> group_;  // null: rows go to the delta
  std::unique_ptr<storage::GroupBuilder> spare_;  // between groups: an empty one, with its memory
  types::Batch first_rows_;                       // of the group, until they are enough for one
  uint64_t group_first_id_ = 0;
  std::vector<uint64_t> row_ids_;
  int64_t charged_bytes_ = 0;
  std::string key_;
  std::string value_;
};

// For storage::GroupBuilder::Finish: by this thread and as many of the statement's workers as are free.
void ForEachColumn(size_t count, const std::function<void(size_t)>& work);

// Writes a finished group: segments to the store, the descriptor into the write set.
void PutGroup(txn::Transaction& transaction, txn::TransactionManager& transactions,
              const catalog::Relation& table, storage::GroupBuilder& builder,
              uint64_t first_row_id);

}  // namespace grizzly::executor
