// Moving a columnar table's delta into row groups, and changed groups into new ones.
//
// In the order of row ids: rows of the delta between groups become groups where they are many; a group that
// the delta has changed a lot, or a small one that rows join, is written anew with them. Each group is one
// atomic write of the store, outside of any transaction: it changes where rows are, not which, and keeps
// their ids and commit timestamps, so that snapshots, locks and rechecks notice nothing.
//
// The caller holds a lock on the table that keeps writers out (SHARE).
// THREADS  the caller's. ERRORS  57014, 53200, those of storage::Store.
#pragma once

#include <cstdint>

#include "base/cancel/cancel_token.h"
#include "base/memory/memory_tracker.h"
#include "catalog/relation.h"
#include "txn/transaction.h"

namespace grizzly::executor {

struct CompactionCounts {
  uint64_t groups_written = 0;
  uint64_t rows_moved = 0;  // from the delta
};

// `cancel` and `memory` may be null.
CompactionCounts CompactColumnarTable(txn::Transaction& transaction,
                                      txn::TransactionManager& transactions,
                                      const catalog::Relation& table, const CancelToken* cancel,
                                      MemoryTracker* memory);

}  // namespace grizzly::executor
