#include "executor/columnar/row_access.h"

#include <algorithm>

#include "catalog/access_method.h"
#include "storage/key/ordered_key.h"
#include "storage/row/row_layout.h"

namespace grizzly::executor {
namespace {

constexpr size_t kReadersMax = 8;

}  // namespace

CommitTimestamp FoundRow::commit_timestamp() const {
  uint64_t timestamp;
  std::memcpy(&timestamp, value().data(), sizeof(timestamp));
  return CommitTimestamp(timestamp);
}

uint64_t RowIdOfKey(std::string_view key) {
  return storage::ReadBigEndian<uint64_t>(key.data() + key.size() - sizeof(uint64_t));
}

RowAccess::RowAccess(txn::Transaction& transaction, txn::TransactionManager& transactions,
                     const catalog::Relation& table)
    : transaction_(transaction), transactions_(transactions), table_(table) {}

void RowAccess::Get(const txn::ReadView& view, std::string_view key, FoundRow* row) {
  row->composed_.clear();
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
  GroupReader* const reader = ReaderOf(view, row_id);
  if (reader == nullptr) return;
  const auto position = reader->Find(row_id);
  if (!position.has_value()) return;
  row->composed_ = Compose(*reader, *position);
  row->found_ = true;
}

GroupReader* RowAccess::ReaderOf(const txn::ReadView& view, uint64_t row_id) {
  // Which group it is depends on the view; what is in it does not.
  storage::GroupPtr group = FindGroup(transaction_, view, table_, row_id);
  if (group == nullptr) return nullptr;
  const auto known = std::find_if(readers_.begin(), readers_.end(), [&](const auto& reader) {
    return reader->group().group == group->group &&
           reader->group().commit_timestamp == group->commit_timestamp;
  });
  if (known != readers_.end()) {
    std::rotate(readers_.begin(), known, known + 1);
    return readers_.front().get();
  }
  if (readers_.size() == kReadersMax) readers_.pop_back();
  readers_.insert(readers_.begin(),
                  std::make_unique<GroupReader>(transactions_.store(), view.snapshot, table_,
                                                std::move(group)));
  return readers_.front().get();
}

std::string RowAccess::Compose(GroupReader& reader, uint32_t position) {
  values_.resize(table_.columns.size());
  for (uint32_t column = 0; column < values_.size(); ++column) {
    values_[column] = table_.columns[column].dropped ? types::Datum::Null()
                                                     : reader.Column(column).At(position);
  }
  std::string row;
  table_.row_layouts->Encode(values_, &row);
  const uint64_t timestamp = reader.TimestampAt(position);
  std::copy_n(reinterpret_cast<const char*>(&timestamp), sizeof(timestamp), row.data());
  return row;
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
