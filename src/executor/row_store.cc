#include "executor/row_store.h"

#include <algorithm>

namespace grizzly::executor {

using types::Batch;
using types::kBatchRowsMax;
using types::PhysicalType;
using types::StringRef;
using types::Vector;

namespace {

// First chunks are small: many stores only ever hold a few rows.
constexpr uint32_t kFirstChunkRows = 16;

int64_t LongStringBytes(const Vector& column, uint32_t first, uint32_t count) {
  int64_t bytes = 0;
  const auto reader = column.Reader<StringRef>();
  for (uint32_t row = first; row < first + count; ++row) {
    if (reader.IsNull(row) || reader[row].is_inline()) continue;
    bytes += reader[row].size();
  }
  return bytes;
}

void CopyValue(const Vector& source, uint32_t source_row, Vector& target, uint32_t target_row) {
  const types::Datum value = source.GetDatum(source_row);
  if (value.is_null()) {
    target.Data<char>();
    target.SetNull(target_row);
    return;
  }
  if (target.MayHaveNulls()) target.SetValid(target_row);
  const uint32_t width = types::PhysicalWidth(target.physical());
  std::memcpy(target.Data<char>() + static_cast<size_t>(target_row) * width, value.payload(),
              width);
}

}  // namespace

RowStore::RowStore(std::span<const types::SqlType> column_types, MemoryTracker* memory)
    : types_(column_types.begin(), column_types.end()), memory_(memory), views_(types_.size()) {
  for (const types::SqlType& type : types_) row_bytes_ += types::PhysicalWidth(type.physical);
}

RowStore::~RowStore() { Clear(); }

void RowStore::Clear() {
  chunks_.clear();
  for (ColumnView& view : views_) view = ColumnView();
  is_sealed_ = false;
  row_count_ = 0;
  if (memory_ != nullptr && charged_bytes_ > 0) memory_->Release(charged_bytes_);
  charged_bytes_ = 0;
}

// Full chunks stay where they are; the last one may have moved when it grew, and got its first NULL.
void RowStore::UpdateView(size_t column) const {
  ColumnView& view = views_[column];
  if (!view.chunks.empty()) view.chunks.pop_back();
  for (size_t c = view.chunks.size(); c < chunks_.size(); ++c) {
    const Vector& vector = chunks_[c]->column(column);
    view.chunks.push_back({vector.Reader<char>().data, vector.validity()});
    view.has_nulls |= vector.validity() != nullptr;
  }
}

void RowStore::Seal() {
  for (size_t column = 0; column < types_.size(); ++column) UpdateView(column);
  is_sealed_ = true;
}

void RowStore::TakeChunks(RowStore& other) {
  for (auto& chunk : other.chunks_) chunks_.push_back(std::move(chunk));
  row_count_ += other.row_count_;
  charged_bytes_ += other.charged_bytes_;
  other.chunks_.clear();
  other.row_count_ = 0;
  other.charged_bytes_ = 0;
}

void RowStore::Charge(const Batch& batch, uint32_t first, uint32_t count) {
  int64_t bytes = static_cast<int64_t>(row_bytes_) * count;
  for (size_t i = 0; i < types_.size(); ++i) {
    if (types_[i].physical == PhysicalType::kString) {
      bytes += LongStringBytes(batch.column(i), first, count);
    }
  }
  if (memory_ != nullptr) memory_->Reserve(bytes);
  charged_bytes_ += bytes;
}

Batch& RowStore::Tail() {
  if (chunks_.empty() || chunks_.back()->row_count() == kBatchRowsMax) {
    chunks_.push_back(
        std::make_unique<Batch>(types_, chunks_.empty() ? kFirstChunkRows : kBatchRowsMax));
  }
  return *chunks_.back();
}

void RowStore::Append(const Batch& batch) {
  Charge(batch, 0, batch.row_count());
  uint32_t done = 0;
  while (done < batch.row_count()) {
    Batch& tail = Tail();
    const uint32_t count = std::min(batch.row_count() - done, kBatchRowsMax - tail.row_count());
    for (size_t i = 0; i < types_.size(); ++i) {
      tail.column(i).CopyRows(batch.column(i), done, count, tail.row_count());
    }
    tail.set_row_count(tail.row_count() + count);
    done += count;
    row_count_ += count;
  }
}

void RowStore::AppendRow(const Batch& batch, uint32_t row) {
  Charge(batch, row, 1);
  Batch& tail = Tail();
  for (size_t i = 0; i < types_.size(); ++i) {
    tail.column(i).CopyRows(batch.column(i), row, 1, tail.row_count());
  }
  tail.set_row_count(tail.row_count() + 1);
  row_count_ += 1;
}

void RowStore::Gather(std::span<const uint64_t> rows, Batch& out, size_t first_column) const {
  for (size_t c = 0; c < types_.size(); ++c) {
    Vector& target = out.column(first_column + c);
    target.Reserve(static_cast<uint32_t>(rows.size()));
    for (uint32_t i = 0; i < rows.size(); ++i) {
      const Batch& chunk = *chunks_[rows[i] / kBatchRowsMax];
      CopyValue(chunk.column(c), static_cast<uint32_t>(rows[i] % kBatchRowsMax), target, i);
    }
  }
}

void RowStore::GatherRow(uint64_t row, Batch& out, uint32_t target, size_t first_column) const {
  const Batch& chunk = *chunks_[row / kBatchRowsMax];
  for (size_t c = 0; c < types_.size(); ++c) {
    Vector& column = out.column(first_column + c);
    column.Reserve(target + 1);
    CopyValue(chunk.column(c), static_cast<uint32_t>(row % kBatchRowsMax), column, target);
  }
}

}  // namespace grizzly::executor
