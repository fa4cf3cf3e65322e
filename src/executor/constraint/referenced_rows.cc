#include "executor/constraint/referenced_rows.h"

#include "executor/table_access.h"

namespace grizzly::executor {

using txn::LockOutcome;
using txn::RowLockMode;

ReferencedRows::ReferencedRows(const plan::ForeignKeyRule& rule, ExecContext& context)
    : rule_(rule),
      context_(context),
      clustered_(rule.key->index->clustered_by),
      uncontended_(context.IsUncontended(rule.referenced->oid)),
      head_(clustered_ ? RowKeyHead(*rule.referenced)
                       : IndexKeyHead(*rule.referenced, *rule.key->index)),
      row_head_(RowKeyHead(*rule.referenced)) {}

void ReferencedRows::SetRowKey() {
  if (clustered_) {
    row_key_ = key_;
  } else {
    row_key_ = row_head_;
    row_key_.append(SuffixOfMark(read_.value()));
  }
}

bool ReferencedRows::IsThere(std::string_view fields) {
  key_ = head_;
  key_.append(fields);
  context_.transaction.GetLatest(key_, &read_);
  return read_.found();
}

bool ReferencedRows::Lock(std::string_view fields, bool in_snapshot) {
  key_ = head_;
  key_.append(fields);
  txn::Transaction& transaction = context_.transaction;
  const bool keeps_snapshot =
      transaction.options().isolation >= txn::IsolationLevel::kRepeatableRead;
  if (in_snapshot && keeps_snapshot) {
    transaction.Get({context_.view.snapshot, txn::kSeesAll}, key_, &read_);
    if (!read_.found()) return false;
  }
  transaction.GetLatest(key_, &read_);
  if (uncontended_) return read_.found();
  while (read_.found()) {
    SetRowKey();
    // The row is looked at again under the lock: what was there may be gone by now.
    transaction.LockRow(row_key_, RowLockMode::kKeyShare);
    const std::string locked = row_key_;
    transaction.GetLatest(key_, &read_);
    if (!read_.found()) break;
    SetRowKey();
    if (row_key_ == locked) return true;
  }
  if (in_snapshot && keeps_snapshot) {
    throw SqlError(SqlState::kTRSerializationFailure,
                   "could not serialize access due to concurrent update");
  }
  return false;
}

}  // namespace grizzly::executor
