#include "commands/table/stored_rows.h"

#include "commands/relation_lookup.h"
#include "executor/table_access.h"
#include "storage/key/key_layout.h"
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

StoredRows::StoredRows(CommandInput& input, const catalog::Relation& table)
    : input_(input), table_(table), batch_(ColumnTypes(table)) {
  const KeyRange range = RangeOfIndex(table.tenant, table.storage, IndexId{0});
  scan_ = input.transaction.ScanLatest(range.from, range.to);
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
  uint32_t rows = 0;
  for (; rows < types::kBatchRowsMax && bytes_.size() < kBatchBytesMax && scan_->Valid();
       scan_->Next()) {
    const std::string_view suffix = executor::SuffixOfRowKey(scan_->key());
    suffixes_.push_back({bytes_.size(), suffix.size()});
    bytes_.append(suffix);
    values_.push_back({bytes_.size(), scan_->value().size()});
    bytes_.append(scan_->value());
    table_.row_layouts->DecodeInto(scan_->value(), targets_, batch_, rows);
    ++rows;
  }
  if (rows == 0) return nullptr;
  batch_.set_row_count(rows);
  for (const catalog::Column& column : table_.columns) {
    if (column.dropped) batch_.column(column.attnum - 1).SetAllNull(rows);
  }
  return &batch_;
}

}  // namespace grizzly::commands
