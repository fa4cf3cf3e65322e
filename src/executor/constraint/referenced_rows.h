// The referenced side of a foreign key: is the row there, and does it stay?
//
// LOCKS    FOR KEY SHARE on the row, so that it keeps its key until the transaction ends.
// ERRORS   40001 under REPEATABLE READ when the row the snapshot shows is gone.
#pragma once

#include <string>
#include <string_view>

#include "executor/exec_context.h"
#include "plan/constraint_rule.h"

namespace grizzly::executor {

class ReferencedRows {
 public:
  ReferencedRows(const plan::ForeignKeyRule& rule, ExecContext& context);

  // Whether there is a row with these fields of rule.key; locks it. `in_snapshot`: it has to be in
  // view of a snapshot isolation level, too.
  bool Lock(std::string_view fields, bool in_snapshot);
  // Without a lock: while the table's writers are kept out.
  bool IsThere(std::string_view fields);

 private:
  // The row's key, from what GetLatest(key_) found.
  void SetRowKey();

  const plan::ForeignKeyRule& rule_;
  ExecContext& context_;
  const bool clustered_;
  const bool uncontended_;
  const std::string head_;      // of rule.key's entries
  const std::string row_head_;
  std::string key_, row_key_;
  txn::RowRead read_;
};

}  // namespace grizzly::executor
