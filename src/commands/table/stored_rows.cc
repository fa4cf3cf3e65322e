#include "commands/table/stored_rows.h"

#include "catalog/access_method.h"
#include "commands/relation_lookup.h"
#include "executor/table_access.h"
#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"
#include "storage/row/row_layout.h"

namespace grizzly::commands {
namespace {

// Bounds what one batch holds when rows are large.
constexpr size_t kBatchBytesMax = size_t{4} << 20;

}  // namespace

std::vector<types::SqlType> ColumnTypes(const catalog::Relation& table) {
  std::vector<types::SqlType> types;
  for (const catalog::Column& column : table.columns) types.push_back(column.type);
  return types;
}

StoredRows::StoredRows(CommandInput& input, const catalog::Relation& table, txn::ReadView view)
    : input_(input), table_(table), batch_(ColumnTypes(table)) {
  if (catalog::IsColumnar(table)) {
    groups_ = std::make_unique<executor::ColumnarSource>(
        input.transaction, input.transactions, std::move(view), table);
    scan_ = groups_->OpenDelta();
  } else {
    const KeyRange range = RangeOfIndex(table.tenant, table.storage, IndexId{0});
    scan_ = input.transaction.Scan(view, range.from, range.to);
  }
  for (const catalog::Column& column : table.columns) {
    targets_.push_back(column.dropped ? storage::RowLayoutSet::kSkip
                                      : static_cast<uint32_t>(column.attnum - 1));
  }
}

types::Batch* StoredRows::Next() {
  if (input_.cancel != nullptr) input_.cancel->Check();
  batch_.Reset();
  bytes_.clear();
  suffixes_.clear();
  values_.clear();
  if (groups_ != nullptr && !NextFromGroup()) groups_.reset();
  if (groups_ == nullptr && !NextFromRows()) return nullptr;
  for (const catalog::Column& column : table_.columns) {
    if (column.dropped) batch_.column(column.attnum - 1).SetAllNull(batch_.row_count());
  }
  return &batch_;
}

bool StoredRows::NextFromGroup() {
  while (true) {
    if (group_ == nullptr || block_ == group_->group().block_count()) {
      group_ = groups_->NextGroup([](const storage::GroupDescriptor&) { return true; });
      if (group_ == nullptr) return false;
      block_ = 0;
    }
    executor::GroupReader& group = group_->group();
    const std::vector<uint32_t>* visible = group_->VisibleRows(block_);
    const auto rows = visible != nullptr ? static_cast<uint32_t>(visible->size())
                                         : group.block_rows(block_);
    const uint32_t block = block_++;
    if (rows == 0) continue;
    for (const uint32_t column : targets_) {
      if (column == storage::RowLayoutSet::kSkip) continue;
      if (visible != nullptr) {
        group.Column(column).DecodeRows(block, *visible, batch_.column(column));
      } else {
        group.Column(column).DecodeBlock(block, batch_.column(column));
      }
    }
    for (uint32_t row = 0; row < rows; ++row) {
      suffixes_.push_back({bytes_.size(), sizeof(uint64_t)});
      storage::AppendBigEndian(&bytes_, group.RowIdAt(block * storage::kSegmentBlockRows +
                                                      (visible != nullptr ? (*visible)[row] : row)));
    }
    batch_.set_row_count(rows);
    return true;
  }
}

bool StoredRows::NextFromRows() {
  uint32_t rows = 0;
  for (; rows < types::kBatchRowsMax && bytes_.size() < kBatchBytesMax && scan_->Valid();
       scan_->Next()) {
    if (catalog::IsColumnar(table_) && scan_->value().size() == storage::kDeletedMarkBytes) continue;
    const std::string_view suffix = executor::SuffixOfRowKey(scan_->key());
    suffixes_.push_back({bytes_.size(), suffix.size()});
    bytes_.append(suffix);
    values_.push_back({bytes_.size(), scan_->value().size()});
    bytes_.append(scan_->value());
    table_.row_layouts->DecodeInto(scan_->value(), targets_, batch_, rows);
    ++rows;
  }
  batch_.set_row_count(rows);
  return rows > 0;
}

}  // namespace grizzly::commands
