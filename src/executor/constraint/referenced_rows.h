// The referenced side of a foreign key: is the row there, and does it stay?
//
// Of a partitioned table the one leaf is asked that may have the key.
//
// LOCKS    FOR KEY SHARE on the row, so that it keeps its key until the transaction ends.
// ERRORS   40001 under REPEATABLE READ when the row the snapshot shows is gone.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "executor/exec_context.h"
#include "plan/constraint_rule.h"

namespace grizzly::executor {

class ReferencedRows {
 public:
  ReferencedRows(const plan::ForeignKeyRule& rule, ExecContext& context);

  // Whether there is a row with these values of the referenced columns; locks it. `in_snapshot`: it has
  // to be in view of a snapshot isolation level, too.
  bool Lock(std::span<const types::Datum> key, bool in_snapshot);
  // Without a lock: while the table's writers are kept out.
  bool IsThere(std::span<const types::Datum> key);

 private:
  // The leaf that may have it; null: none.
  ReferencedRows* LeafOf(std::span<const types::Datum> key);
  void SetKey(std::span<const types::Datum> key);
  void RefuseMoved(const std::string& row_key, uint64_t seen);
  // The row's key, from what GetLatest(key_) found.
  void SetRowKey();

  const plan::ForeignKeyRule& rule_;
  ExecContext& context_;
  std::vector<std::unique_ptr<ReferencedRows>> leaves_;  // null: not asked yet
  const bool clustered_;
  const bool uncontended_;
  const std::string head_;      // of rule.key's entries
  const std::string row_head_;
  std::string key_, row_key_;
  std::vector<types::Datum> partition_key_;
  txn::RowRead read_;
};

}  // namespace grizzly::executor
