#include "executor/constraint/referenced_rows.h"

#include "catalog/partition_map.h"
#include "executor/constraint/foreign_key_values.h"
#include "executor/modify/moved_rows.h"
#include "executor/table_access.h"

namespace grizzly::executor {

using types::Datum;
using txn::LockOutcome;
using txn::RowLockMode;

ReferencedRows::ReferencedRows(const plan::ForeignKeyRule& rule, ExecContext& context)
    : rule_(rule),
      context_(context),
      leaves_(rule.referenced_partitions == nullptr ? 0
                                                    : rule.referenced_partitions->leaves.size()),
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

ReferencedRows* ReferencedRows::LeafOf(std::span<const Datum> key) {
  const plan::ReferencedPartitions& partitions = *rule_.referenced_partitions;
  int32_t target = ~0;
  while (target < 0) {
    const plan::ReferencedPartitions::Table& table = partitions.tables[~target];
    partition_key_.clear();
    for (const uint32_t column : table.key_columns) partition_key_.push_back(key[column]);
    const int position = table.map->Find(partition_key_);
    if (position < 0) return nullptr;
    target = table.targets[position];
  }
  std::unique_ptr<ReferencedRows>& leaf = leaves_[target];
  if (leaf == nullptr) leaf = std::make_unique<ReferencedRows>(*partitions.leaves[target], context_);
  return leaf.get();
}

void ReferencedRows::SetKey(std::span<const Datum> key) {
  key_ = head_;
  AppendKeyFields(rule_, key, &key_);
}

bool ReferencedRows::IsThere(std::span<const Datum> key) {
  if (rule_.referenced_partitions != nullptr) {
    ReferencedRows* const leaf = LeafOf(key);
    return leaf != nullptr && leaf->IsThere(key);
  }
  SetKey(key);
  context_.transaction.GetLatest(key_, &read_);
  return read_.found();
}

// It went to another partition while its lock was waited for.
void ReferencedRows::RefuseMoved(const std::string& row_key, uint64_t seen) {
  const auto moved = FindMove(*context_.transactions, row_key, seen);
  if (!moved.has_value() || moved->starts_with(row_head_)) return;
  throw SqlError(SqlState::kTRSerializationFailure,
                 "tuple to be locked was already moved to another partition due to concurrent "
                 "update");
}

bool ReferencedRows::Lock(std::span<const Datum> key, bool in_snapshot) {
  if (rule_.referenced_partitions != nullptr) {
    ReferencedRows* const leaf = LeafOf(key);
    return leaf != nullptr && leaf->Lock(key, in_snapshot);
  }
  SetKey(key);
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
    const uint64_t seen = read_.commit_timestamp().value;
    transaction.GetLatest(key_, &read_);
    if (!read_.found()) {
      if (in_snapshot && !keeps_snapshot) RefuseMoved(locked, seen);
      break;
    }
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
