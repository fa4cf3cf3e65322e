#include "executor/scan/table_rows.h"

#include "catalog/access_method.h"
#include "executor/table_access.h"
#include "storage/key/ordered_key.h"

namespace grizzly::executor {
namespace {

// Bounds what one batch holds when rows are large.
constexpr size_t kBatchBytesMax = size_t{4} << 20;

}  // namespace

void TableRows::Pieces::Add(std::string_view piece) {
  bytes.append(piece);
  ends.push_back(bytes.size());
}

void TableRows::Pieces::Clear() {
  bytes.clear();
  ends.clear();
}

std::string_view TableRows::Pieces::View(uint32_t at) const {
  const size_t begin = at == 0 ? 0 : ends[at - 1];
  return std::string_view(bytes).substr(begin, ends[at] - begin);
}

std::vector<uint32_t> AllPlaces(const catalog::Relation& table) {
  std::vector<uint32_t> places;
  for (const catalog::Column& column : table.columns) {
    if (!column.dropped) places.push_back(static_cast<uint32_t>(column.attnum - 1));
  }
  return places;
}

TableRows::TableRows(const Reader& reader, const catalog::Relation& table, const txn::ReadView& view,
                     std::span<const uint32_t> places, Values values)
    : reader_(reader),
      table_(table),
      keeps_values_(values == Values::kKept),
      targets_(table.columns.size(), storage::RowLayoutSet::kSkip),
      batch_(ColumnTypesOf(table)) {
  for (const uint32_t place : places) targets_[place] = place;
  if (catalog::IsColumnar(table)) {
    groups_ = std::make_unique<ColumnarSource>(reader.transaction, reader.transactions, view, table);
    scan_ = groups_->OpenDelta();
  } else {
    const std::string head = RowKeyHead(table);
    scan_ = reader.transaction.Scan(view, head, storage::PrefixSuccessor(head),
                                     txn::ScanDirection::kForward, /*fill_cache=*/false);
  }
}

types::Batch* TableRows::Next() {
  if (reader_.cancel != nullptr) reader_.cancel->Check();
  batch_.Reset();
  suffixes_.Clear();
  values_.Clear();
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
      suffixes_.Add(suffix);
    }
    batch_.set_row_count(rows);
    return true;
  }
}

bool TableRows::NextFromRows() {
  const bool columnar = catalog::IsColumnar(table_);
  uint32_t rows = 0;
  for (size_t bytes = 0; rows < types::kBatchRowsMax && bytes < kBatchBytesMax && scan_->Valid(); scan_->Next()) {
    if (columnar && scan_->value().size() == storage::kDeletedMarkBytes) continue;
    suffixes_.Add(SuffixOfRowKey(scan_->key()));
    if (keeps_values_) values_.Add(scan_->value());
    bytes += scan_->key().size() + scan_->value().size();
    table_.row_layouts->DecodeInto(scan_->value(), targets_, batch_, rows);
    ++rows;
  }
  batch_.set_row_count(rows);
  return rows > 0;
}

}  // namespace grizzly::executor
