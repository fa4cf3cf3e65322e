#include "executor/constraint/table_rows.h"

#include "catalog/access_method.h"
#include "executor/table_access.h"
#include "storage/key/ordered_key.h"

namespace grizzly::executor {

std::vector<uint32_t> AllPlaces(const catalog::Relation& table) {
  std::vector<uint32_t> places;
  for (const catalog::Column& column : table.columns) {
    if (!column.dropped) places.push_back(static_cast<uint32_t>(column.attnum - 1));
  }
  return places;
}

TableRows::TableRows(ExecContext& context, const catalog::Relation& table,
                     const txn::ReadView& view, std::span<const uint32_t> places)
    : context_(context),
      table_(table),
      targets_(table.columns.size(), storage::RowLayoutSet::kSkip),
      batch_(ColumnTypesOf(table)) {
  for (const uint32_t place : places) targets_[place] = place;
  if (catalog::IsColumnar(table)) {
    groups_ = std::make_unique<ColumnarSource>(context.transaction, *context.transactions, view,
                                               table);
    scan_ = groups_->OpenDelta();
  } else {
    const std::string head = RowKeyHead(table);
    scan_ = context.transaction.Scan(view, head, storage::PrefixSuccessor(head),
                                     txn::ScanDirection::kForward, /*fill_cache=*/false);
  }
}

std::string_view TableRows::suffix(uint32_t row) const {
  const size_t begin = row == 0 ? 0 : suffix_ends_[row - 1];
  return std::string_view(suffixes_).substr(begin, suffix_ends_[row] - begin);
}

void TableRows::AddSuffix(std::string_view suffix) {
  suffixes_.append(suffix);
  suffix_ends_.push_back(suffixes_.size());
}

types::Batch* TableRows::Next() {
  context_.CheckCanceled();
  batch_.Reset();
  suffixes_.clear();
  suffix_ends_.clear();
  if (groups_ != nullptr && !NextFromGroup()) groups_.reset();
  if (groups_ == nullptr && !NextFromRows()) return nullptr;
  for (const catalog::Column& column : table_.columns) {
    if (column.dropped) batch_.column(column.attnum - 1).SetAllNull(batch_.row_count());
  }
  return &batch_;
}

bool TableRows::NextFromGroup() {
  while (true) {
    if (group_ == nullptr || block_ == group_->group().block_count()) {
      group_ = groups_->NextGroup([](const storage::GroupDescriptor&) { return true; });
      if (group_ == nullptr) return false;
      block_ = 0;
    }
    GroupReader& group = group_->group();
    const uint32_t block = block_++;
    const std::vector<uint32_t>* visible = group_->VisibleRows(block);
    const auto rows = visible != nullptr ? static_cast<uint32_t>(visible->size())
                                         : group.block_rows(block);
    if (rows == 0) continue;
    for (const uint32_t column : targets_) {
      if (column == storage::RowLayoutSet::kSkip) continue;
      if (visible != nullptr) {
        group.Column(column).DecodeRows(block, *visible, batch_.column(column));
      } else {
        group.Column(column).DecodeBlock(block, batch_.column(column));
      }
    }
    std::string suffix;
    for (uint32_t row = 0; row < rows; ++row) {
      suffix.clear();
      storage::AppendBigEndian(&suffix, group.RowIdAt(block * storage::kSegmentBlockRows +
                                                      (visible != nullptr ? (*visible)[row] : row)));
      AddSuffix(suffix);
    }
    batch_.set_row_count(rows);
    return true;
  }
}

bool TableRows::NextFromRows() {
  const bool columnar = catalog::IsColumnar(table_);
  uint32_t rows = 0;
  for (; rows < types::kBatchRowsMax && scan_->Valid(); scan_->Next()) {
    if (columnar && scan_->value().size() == storage::kDeletedMarkBytes) continue;
    AddSuffix(SuffixOfRowKey(scan_->key()));
    table_.row_layouts->DecodeInto(scan_->value(), targets_, batch_, rows);
    ++rows;
  }
  batch_.set_row_count(rows);
  return rows > 0;
}

}  // namespace grizzly::executor
