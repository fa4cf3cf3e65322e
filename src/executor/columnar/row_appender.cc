#include "executor/columnar/row_appender.h"

#include <algorithm>
#include <atomic>

#include "base/error/check.h"
#include "executor/parallel/worker_pool.h"
#include "executor/statement_resources.h"
#include "executor/table_access.h"
#include "storage/key/ordered_key.h"

namespace grizzly::executor {
namespace {

// A statement that adds this many rows is likely to add many more.
constexpr uint64_t kDeltaRowsMax = 4096;

// Segments without a descriptor, when the transaction, or the savepoint, did not come to an end.
void RemoveAtRollback(txn::Transaction& transaction, const catalog::Relation& table,
                      uint64_t group) {
  std::string from, to;
  storage::AppendSegmentKey(&from, table.tenant, table.storage, group, 0);
  storage::AppendSegmentKey(&to, table.tenant, table.storage, group + 1, 0);
  transaction.DropRangeAtRollback(std::move(from), std::move(to));
}

}  // namespace

void ForEachColumn(size_t count, const std::function<void(size_t)>& work) {
  const StatementResources& resources = StatementResources::Current();
  std::atomic<size_t> next{0};
  const auto take = [&](int) {
    for (size_t i; (i = next.fetch_add(1)) < count;) work(i);
  };
  if (resources.workers == nullptr || resources.parallel != nullptr) {
    take(0);
  } else {
    resources.workers->Run(resources.parallel_workers_max + 1, take);
  }
}

void PutGroup(txn::Transaction& transaction, txn::TransactionManager& transactions,
              const catalog::Relation& table, storage::GroupBuilder& builder,
              uint64_t first_row_id) {
  storage::Store& store = transactions.store();
  const auto batch = store.NewBatch();
  const uint64_t number = transactions.NextTimestamp().value;
  const storage::GroupDescriptor group =
      builder.Finish(table.tenant, table.storage, number, first_row_id, ForEachColumn, *batch);
  RemoveAtRollback(transaction, table, number);
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

const std::vector<uint64_t>& RowAppender::TakeRowIds(uint32_t count) {
  row_ids_.clear();
  if (group_ == nullptr && delta_rows_ + count <= kDeltaRowsMax) {
    delta_rows_ += count;
    while (row_ids_.size() < count) row_ids_.push_back(transactions_.NextTimestamp().value);
    return row_ids_;
  }
  if (group_ != nullptr && gathered_rows() + count > storage::kGroupRowsMax) FinishGroup();
  if (group_ == nullptr) StartGroup();
  const uint64_t first = group_first_id_ + gathered_rows();
  while (row_ids_.size() < count) row_ids_.push_back(first + row_ids_.size());
  return row_ids_;
}

void RowAppender::StartGroup() {
  group_ = spare_ != nullptr ? std::move(spare_)
                             : std::make_unique<storage::GroupBuilder>(ColumnTypesOf(table_));
  group_first_id_ = storage::TakeRowBlock(transactions_.store(), table_.tenant, table_.storage);
  first_rows_ = types::Batch(ColumnTypesOf(table_), 1);
}

uint32_t RowAppender::gathered_rows() const {
  return group_->row_count() + first_rows_.row_count();
}

void RowAppender::Append(const types::Batch& rows) {
  const uint32_t count = rows.row_count();
  GRIZZLY_CHECK(row_ids_.size() == count);
  if (group_ == nullptr) {
    for (uint32_t row = 0; row < count; ++row) PutIntoDelta(rows, row, row_ids_[row]);
    return;
  }
  if (group_->row_count() == 0 && first_rows_.row_count() + count < storage::kGroupRowsMin) {
    for (uint32_t row = 0; row < count; ++row) first_rows_.Append(rows, row, 1);
    return;
  }
  if (first_rows_.row_count() > 0) {
    group_->Append(first_rows_, 0, first_rows_.row_count());
    first_rows_.Reset();
  }
  group_->Append(rows, 0, count);
  ChargeMemory();
}

void RowAppender::PutIntoDelta(const types::Batch& rows, uint32_t row, uint64_t row_id) {
  key_ = head_;
  storage::AppendBigEndian(&key_, row_id);
  value_.clear();
  table_.row_layouts->EncodeRow(rows, row, &value_);
  transaction_.Put(key_, value_);
}

void RowAppender::ChargeMemory() {
  const auto bytes = static_cast<int64_t>(group_->byte_count());
  if (memory_ != nullptr && bytes > charged_bytes_) memory_->Reserve(bytes - charged_bytes_);
  charged_bytes_ = std::max(charged_bytes_, bytes);
}

void RowAppender::FinishGroup() {
  if (first_rows_.row_count() > 0) {
    for (uint32_t row = 0; row < first_rows_.row_count(); ++row) {
      PutIntoDelta(first_rows_, row, group_first_id_ + row);
    }
    first_rows_.Reset();
  }
  if (group_->row_count() > 0) {
    PutGroup(transaction_, transactions_, table_, *group_, group_first_id_);
  }
  spare_ = std::move(group_);
}

void RowAppender::Finish() {
  if (group_ != nullptr) FinishGroup();
}

}  // namespace grizzly::executor
