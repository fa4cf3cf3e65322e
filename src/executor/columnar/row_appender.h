// New rows of a columnar table: few go to the delta, many become row groups at once.
//
// A statement's first rows are put into the delta in batches; once they are many, the ones that follow get
// consecutive row ids, are gathered by column, and every kGroupRowsMax become a group. Segments go to the
// store directly, past the write set (nobody finds them without their descriptor, and a rollback removes
// them); the descriptor goes into the write set, and so belongs to the command, the savepoint and the
// transaction. So memory stays bounded whatever the number of rows.
//
// THREADS  the statement's. ERRORS  53200
#pragma once

#include <memory>
#include <string>

#include "base/memory/memory_tracker.h"
#include "catalog/relation.h"
#include "storage/column/row_group.h"
#include "txn/transaction.h"

namespace grizzly::executor {

class RowAppender {
 public:
  // All outlive it; `memory` may be null.
  RowAppender(txn::Transaction& transaction, txn::TransactionManager& transactions,
              const catalog::Relation& table, MemoryTracker* memory);
  ~RowAppender();

  // Row ids of the next `count` rows, to be appended in this order before others are asked for.
  uint64_t TakeRowIds(uint32_t count);
  // Rows [first, first + count) of a batch whose first columns are the table's.
  void Append(const types::Batch& rows, uint32_t first, uint32_t count, uint64_t first_row_id);
  // Nothing is appended afterwards. Without it, rows that were gathered are lost.
  void Finish();

 private:
  void PutIntoDelta(const types::Batch& rows, uint32_t first, uint32_t count, uint64_t row_id);
  void StartGroup();
  void FinishGroup();
  void ChargeMemory();

  txn::Transaction& transaction_;
  txn::TransactionManager& transactions_;
  const catalog::Relation& table_;
  MemoryTracker* const memory_;
  const std::string head_;
  uint64_t delta_rows_ = 0;
  std::unique_ptr<storage::GroupBuilder> group_;  // null: rows go to the delta
  uint64_t group_first_id_ = 0;
  uint64_t next_id_ = 0;
  int64_t charged_bytes_ = 0;
  std::string key_;
  std::string value_;
};

// Writes a finished group: segments to the store, the descriptor into the write set.
void PutGroup(txn::Transaction& transaction, txn::TransactionManager& transactions,
              const catalog::Relation& table, storage::GroupBuilder& builder,
              uint64_t first_row_id);

}  // namespace grizzly::executor
