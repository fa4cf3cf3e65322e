#include "executor/columnar/columnar_source.h"

#include "executor/columnar/row_access.h"
#include "executor/table_access.h"
#include "storage/key/ordered_key.h"

namespace grizzly::executor {

const std::vector<uint32_t>* VisibleGroup::VisibleRows(uint32_t block) {
  if (hidden_.empty()) return nullptr;
  const uint32_t first = block * storage::kSegmentBlockRows;
  const uint32_t end = first + reader_->block_rows(block);
  auto hidden = std::lower_bound(hidden_.begin(), hidden_.end(), first);
  if (hidden == hidden_.end() || *hidden >= end) return nullptr;
  visible_.clear();
  for (uint32_t row = first; row < end; ++row) {
    if (hidden != hidden_.end() && *hidden == row) {
      ++hidden;
    } else {
      visible_.push_back(row - first);
    }
  }
  return &visible_;
}

ColumnarSource::ColumnarSource(txn::Transaction& transaction,
                               txn::TransactionManager& transactions, txn::ReadView view,
                               const catalog::Relation& table)
    : transaction_(transaction),
      transactions_(transactions),
      view_(std::move(view)),
      table_(table) {
  // Delta and groups are read as of one moment: rows move between them.
  if (view_.snapshot == nullptr) view_.snapshot = transactions.store().GetSnapshot();
  groups_ = LoadGroups(transaction_, view_, table_);
}

std::unique_ptr<VisibleGroup> ColumnarSource::NextGroup(
    const std::function<bool(const storage::GroupDescriptor&)>& wanted) {
  while (next_ < groups_.size() && !wanted(*groups_[next_])) ++next_;
  return next_ == groups_.size() ? nullptr : Open(groups_[next_++]);
}

std::unique_ptr<VisibleGroup> ColumnarSource::Open(const storage::GroupPtr& group) {
  auto reader =
      std::make_unique<GroupReader>(transactions_.store(), view_.snapshot, table_, group);
  std::vector<uint32_t> hidden;
  const auto scan = OpenDelta(group->first_row_id, group->last_row_id);
  for (; scan->Valid(); scan->Next()) {
    if (const auto position = reader->Find(RowIdOfKey(scan->key()))) hidden.push_back(*position);
  }
  return std::make_unique<VisibleGroup>(std::move(reader), std::move(hidden));
}

std::unique_ptr<txn::RangeScan> ColumnarSource::OpenDelta() {
  const std::string head = RowKeyHead(table_);
  return transaction_.Scan(view_, head, storage::PrefixSuccessor(head));
}

std::unique_ptr<txn::RangeScan> ColumnarSource::OpenDelta(uint64_t first, uint64_t last) {
  std::string from = RowKeyHead(table_);
  std::string to = from;
  storage::AppendBigEndian(&from, first);
  storage::AppendBigEndian(&to, last + 1);
  return transaction_.Scan(view_, from, to);
}

uint64_t CountColumnarRows(ColumnarSource& source) {
  uint64_t rows = 0;
  for (const storage::GroupPtr& group : source.groups()) rows += group->row_count;
  size_t next_group = 0;
  const auto& groups = source.groups();
  for (const auto scan = source.OpenDelta(); scan->Valid(); scan->Next()) {
    const uint64_t row_id = RowIdOfKey(scan->key());
    while (next_group < groups.size() && groups[next_group]->last_row_id < row_id) ++next_group;
    const bool in_group =
        next_group < groups.size() && groups[next_group]->first_row_id <= row_id;
    const bool is_mark = scan->value().size() == storage::kDeletedMarkBytes;
    // A row that replaces a group's leaves the number as it is.
    if (is_mark && in_group) --rows;
    if (!is_mark && !in_group) ++rows;
  }
  return rows;
}

}  // namespace grizzly::executor
