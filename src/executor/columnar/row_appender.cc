#include "executor/columnar/row_appender.h"

#include <algorithm>

#include "base/error/check.h"
#include "executor/table_access.h"
#include "storage/key/ordered_key.h"

namespace grizzly::executor {
namespace {

// A statement that adds this many rows is likely to add many more.
constexpr uint64_t kDeltaRowsMax = 4096;

std::vector<types::SqlType> TypesOf(const catalog::Relation& table) {
  std::vector<types::SqlType> types;
  for (const catalog::Column& column : table.columns) types.push_back(column.type);
  return types;
}

// Segments without a descriptor, when the transaction, or the savepoint, did not come to an end.
void RemoveAtRollback(txn::Transaction& transaction, storage::Store& store,
                      const catalog::Relation& table, uint64_t group) {
  std::string from, to;
  storage::AppendSegmentKey(&from, table.tenant, table.storage, group, 0);
  storage::AppendSegmentKey(&to, table.tenant, table.storage, group + 1, 0);
  transaction.OnRollback([&store, from, to] {
    try {
      store.DropRange(from, to);
    } catch (const SqlError&) {
      // The store has failed. What is left behind, nobody finds.
    }
  });
}

}  // namespace

void PutGroup(txn::Transaction& transaction, txn::TransactionManager& transactions,
              const catalog::Relation& table, storage::GroupBuilder& builder,
              uint64_t first_row_id) {
  storage::Store& store = transactions.store();
  const auto batch = store.NewBatch();
  const uint64_t number = transactions.NextTimestamp().value;
  const storage::GroupDescriptor group =
      builder.Finish(table.tenant, table.storage, number, first_row_id, *batch);
  RemoveAtRollback(transaction, store, table, number);
  store.Write(*batch, storage::SyncMode::kNone);  // the commit's sync covers it
  std::string key;
  storage::AppendGroupKey(&key, table.tenant, table.storage, group.last_row_id);
  transaction.Put(key, storage::EncodeGroup(group));
}

RowAppender::RowAppender(txn::Transaction& transaction, txn::TransactionManager& transactions,
                         const catalog::Relation& table, MemoryTracker* memory)
    : transaction_(transaction),
      transactions_(transactions),
      table_(table),
      memory_(memory),
      head_(RowKeyHead(table)) {}

RowAppender::~RowAppender() {
  if (memory_ != nullptr && charged_bytes_ > 0) memory_->Release(charged_bytes_);
}

uint64_t RowAppender::TakeRowIds(uint32_t count) {
  if (group_ == nullptr && delta_rows_ + count <= kDeltaRowsMax) {
    delta_rows_ += count;
    return transactions_.NextTimestamps(count).value;
  }
  if (group_ != nullptr && group_->row_count() + count > storage::kGroupRowsMax) FinishGroup();
  if (group_ == nullptr) StartGroup();
  const uint64_t first = next_id_;
  next_id_ += count;
  return first;
}

void RowAppender::StartGroup() {
  group_ = std::make_unique<storage::GroupBuilder>(TypesOf(table_));
  group_first_id_ = transactions_.NextTimestamps(storage::kGroupRowsMax).value;
  next_id_ = group_first_id_;
}

void RowAppender::Append(const types::Batch& rows, uint32_t first, uint32_t count,
                         uint64_t first_row_id) {
  if (group_ == nullptr) return PutIntoDelta(rows, first, count, first_row_id);
  GRIZZLY_CHECK(first_row_id == group_first_id_ + group_->row_count());
  group_->Append(rows, first, count);
  ChargeMemory();
}

void RowAppender::PutIntoDelta(const types::Batch& rows, uint32_t first, uint32_t count,
                               uint64_t row_id) {
  for (uint32_t i = 0; i < count; ++i) {
    key_ = head_;
    storage::AppendBigEndian(&key_, row_id + i);
    value_.clear();
    table_.row_layouts->EncodeRow(rows, first + i, &value_);
    transaction_.Put(key_, value_);
  }
}

void RowAppender::ChargeMemory() {
  const auto bytes = static_cast<int64_t>(group_->byte_count());
  if (memory_ != nullptr && bytes > charged_bytes_) memory_->Reserve(bytes - charged_bytes_);
  charged_bytes_ = std::max(charged_bytes_, bytes);
}

void RowAppender::FinishGroup() {
  if (group_->row_count() > 0) {
    PutGroup(transaction_, transactions_, table_, *group_, group_first_id_);
  }
  group_.reset();
  if (memory_ != nullptr && charged_bytes_ > 0) memory_->Release(charged_bytes_);
  charged_bytes_ = 0;
}

void RowAppender::Finish() {
  if (group_ != nullptr) FinishGroup();
}

}  // namespace grizzly::executor
