#include "executor/columnar/row_access.h"

#include <algorithm>

#include "catalog/access_method.h"
#include "executor/columnar/columnar_source.h"
#include "executor/table_access.h"
#include "storage/key/ordered_key.h"
#include "storage/row/row_layout.h"

namespace grizzly::executor {
namespace {

constexpr size_t kReadersMax = 8;

}  // namespace

CommitTimestamp FoundRow::commit_timestamp() const {
  if (group_ != nullptr) return CommitTimestamp(group_->TimestampAt(position_));
  uint64_t timestamp;
  std::memcpy(&timestamp, read_.value().data(), sizeof(timestamp));
  return CommitTimestamp(timestamp);
}

std::string_view FoundRow::value() const {
  if (group_ == nullptr) return read_.value();
  if (composed_.empty()) composed_ = group_->ComposeRow(position_);
  return composed_;
}

void FoundRow::DecodeInto(const catalog::Relation& table, std::span<const uint32_t> columns,
                          types::Batch& out, uint32_t target_row) const {
  if (group_ == nullptr) {
    return table.row_layouts->DecodeInto(read_.value(), columns, out, target_row);
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == storage::RowLayoutSet::kSkip) continue;
    out.column(i).SetDatum(target_row, group_->Column(columns[i]).At(position_));
  }
}

uint64_t RowIdOfKey(std::string_view key) {
  return storage::ReadBigEndian<uint64_t>(key.data() + key.size() - sizeof(uint64_t));
}

RowAccess::RowAccess(txn::Transaction& transaction, txn::TransactionManager& transactions,
                     const catalog::Relation& table)
    : transaction_(transaction), transactions_(transactions), table_(table) {}

void RowAccess::Get(const txn::ReadView& view, std::string_view key, FoundRow* row) {
  row->composed_.clear();
  row->group_.reset();
  if (!catalog::IsColumnar(table_)) [[likely]] {
    transaction_.Get(view, key, &row->read_);
    row->found_ = row->read_.found();
    return;
  }
  // Delta and groups are read as of one moment: rows move between them.
  if (view.snapshot == nullptr) {
    return Get({transactions_.store().GetSnapshot(), view.command}, key, row);
  }
  transaction_.Get(view, key, &row->read_);
  row->found_ = row->read_.found();
  if (row->found_) {
    row->found_ = row->read_.value().size() != storage::kDeletedMarkBytes;
    return;
  }
  if (row->own_command() != 0) return;  // deleted here, and in no group
  const uint64_t row_id = RowIdOfKey(key);
  std::shared_ptr<GroupReader> reader = ReaderOf(view, row_id);
  if (reader == nullptr) return;
  const auto position = reader->Find(row_id);
  if (!position.has_value()) return;
  row->group_ = std::move(reader);
  row->position_ = *position;
  row->found_ = true;
}

std::shared_ptr<GroupReader> RowAccess::ReaderOf(const txn::ReadView& view, uint64_t row_id) {
  // Which group it is depends on the view; what is in it does not.
  storage::GroupPtr group = FindGroup(transaction_, view, table_, row_id);
  if (group == nullptr) return nullptr;
  const auto known = std::find_if(readers_.begin(), readers_.end(), [&](const auto& reader) {
    return reader->group().group == group->group &&
           reader->group().commit_timestamp == group->commit_timestamp;
  });
  if (known != readers_.end()) {
    std::rotate(readers_.begin(), known, known + 1);
    return readers_.front();
  }
  if (readers_.size() == kReadersMax) readers_.pop_back();
  readers_.insert(readers_.begin(),
                  std::make_shared<GroupReader>(transactions_.store(), view.snapshot, table_,
                                                std::move(group),
                                                storage::SegmentCheck::kNone));
  return readers_.front();
}

namespace {

class ColumnarRowScan final : public txn::RangeScan {
 public:
  ColumnarRowScan(txn::Transaction& transaction, txn::TransactionManager& transactions,
                  const txn::ReadView& view, const catalog::Relation& table)
      : source_(transaction, transactions, view, table), head_(RowKeyHead(table)) {
    Settle();
  }

  bool Valid() const override { return group_ != nullptr || delta_->Valid(); }
  void Next() override {
    if (group_ != nullptr) {
      ++position_;
    } else {
      delta_->Next();
    }
    Settle();
  }
  std::string_view key() const override { return group_ != nullptr ? key_ : delta_->key(); }
  std::string_view value() const override { return group_ != nullptr ? value_ : delta_->value(); }

 private:
  // On to the next row that is there.
  void Settle() {
    while (delta_ == nullptr && !SettleInGroup()) {
    }
    if (group_ != nullptr) return;
    while (delta_->Valid() && delta_->value().size() == storage::kDeletedMarkBytes) delta_->Next();
  }

  // False: the group is at its end, and another one, or the delta, comes next.
  bool SettleInGroup() {
    if (group_ == nullptr || position_ == group_->group().row_count()) {
      group_ = source_.NextGroup([](const storage::GroupDescriptor&) { return true; });
      position_ = 0;
      if (group_ == nullptr) delta_ = source_.OpenDelta();
      return group_ == nullptr;
    }
    const std::vector<uint32_t>& hidden = group_->hidden();
    if (std::binary_search(hidden.begin(), hidden.end(), position_)) {
      ++position_;
      return false;
    }
    key_ = head_;
    storage::AppendBigEndian(&key_, group_->group().RowIdAt(position_));
    value_ = group_->group().ComposeRow(position_);
    return true;
  }

  ColumnarSource source_;
  const std::string head_;
  std::unique_ptr<VisibleGroup> group_;
  uint32_t position_ = 0;
  std::unique_ptr<txn::RangeScan> delta_;  // when the groups are done
  std::string key_;
  std::string value_;
};

}  // namespace

std::unique_ptr<txn::RangeScan> ScanRows(txn::Transaction& transaction,
                                         txn::TransactionManager& transactions,
                                         const txn::ReadView& view,
                                         const catalog::Relation& table) {
  if (catalog::IsColumnar(table)) {
    return std::make_unique<ColumnarRowScan>(transaction, transactions, view, table);
  }
  const std::string head = RowKeyHead(table);
  return transaction.Scan(view, head, storage::PrefixSuccessor(head),
                          txn::ScanDirection::kForward, /*fill_cache=*/false);
}

void RowAccess::Delete(std::string_view key) {
  if (!catalog::IsColumnar(table_) ||
      FindGroup(transaction_, {nullptr, txn::kSeesAll}, table_, RowIdOfKey(key)) == nullptr) {
    transaction_.Delete(key);
  } else {
    transaction_.Put(key, std::string(storage::kDeletedMarkBytes, '\0'));
  }
}

}  // namespace grizzly::executor
