#include "types/batch.h"

#include <array>
#include <numeric>

#include "base/error/check.h"

namespace grizzly::types {

Batch::Batch(std::span<const SqlType> column_types, uint32_t capacity) {
  columns_.reserve(column_types.size());
  for (const SqlType& type : column_types) columns_.emplace_back(type, capacity);
}

void Batch::Reset() {
  for (Vector& column : columns_) column.Reset();
  row_count_ = 0;
}

void Batch::Slice(uint32_t first, uint32_t count) {
  if (first == 0) {
    row_count_ = count;
    return;
  }
  std::array<uint32_t, kBatchRowsMax> rows;
  std::iota(rows.begin(), rows.begin() + count, first);
  Select(Selection(rows.data(), count));
}

void Batch::Select(Selection selection) {
  for (Vector& column : columns_) column.SliceSelf(selection);
  row_count_ = static_cast<uint32_t>(selection.size());
}

void Batch::Reference(const Batch& other) {
  if (columns_.size() != other.columns_.size()) {
    columns_.clear();
    for (const Vector& column : other.columns_) columns_.emplace_back(column.type(), 0);
  }
  for (size_t i = 0; i < columns_.size(); ++i) columns_[i].Reference(other.columns_[i]);
  row_count_ = other.row_count_;
}

void Batch::Append(const Batch& other, uint32_t first, uint32_t count) {
  GRIZZLY_CHECK(columns_.size() == other.columns_.size());
  for (size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].CopyRows(other.columns_[i], first, count, row_count_);
  }
  row_count_ += count;
}

}  // namespace grizzly::types
