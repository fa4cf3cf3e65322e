// Rows kept in memory, in columns: what sorts, hash tables and CTEs hold.
//
// Rows are numbered from 0 in the order appended and live in chunks of kBatchRowsMax. Memory is
// charged to the tracker as rows arrive (fixed widths plus long strings); a refused reservation throws
// 53200.
// THREADS  one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/memory/memory_tracker.h"
#include "types/batch.h"

namespace grizzly::executor {

class RowStore {
 public:
  RowStore(std::span<const types::SqlType> column_types, MemoryTracker* memory);
  ~RowStore();
  RowStore(const RowStore&) = delete;
  RowStore& operator=(const RowStore&) = delete;

  // Copies all rows of `batch`, which may have more columns than the store.
  void Append(const types::Batch& batch);
  void AppendRow(const types::Batch& batch, uint32_t row);
  void Clear();
  // Moves the chunks of `other` behind the own ones; a chunk before the last one may then be partly
  // filled, and no rows may be appended any more.
  void TakeChunks(RowStore& other);

  uint64_t row_count() const { return row_count_; }
  size_t chunk_count() const { return chunks_.size(); }
  types::Batch& chunk(size_t i) { return *chunks_[i]; }
  const types::Batch& chunk(size_t i) const { return *chunks_[i]; }
  types::Datum Get(uint64_t row, size_t column) const {
    return chunks_[row / types::kBatchRowsMax]->column(column).GetDatum(
        static_cast<uint32_t>(row % types::kBatchRowsMax));
  }
  // Where the values of a column lie, chunk by chunk.
  struct ChunkView {
    const char* data;
    const uint64_t* validity;  // null: all valid
  };
  struct ColumnView {
    std::vector<ChunkView> chunks;
    bool has_nulls = false;
  };
  // Of the rows there are now: until the next append.
  const ColumnView& View(size_t column) const {
    if (!is_sealed_) UpdateView(column);
    return views_[column];
  }
  // No more rows will come: from now on any number of threads may read.
  void Seal();
  // Copies the given rows into `out` from out's row 0, columns to out's `first_column` onwards.
  // Strings are not copied: `out` refers to this store.
  void Gather(std::span<const uint64_t> rows, types::Batch& out, size_t first_column = 0) const;
  // One row there, as above, to out's row `target`.
  void GatherRow(uint64_t row, types::Batch& out, uint32_t target, size_t first_column = 0) const;
  std::span<const types::SqlType> column_types() const { return types_; }
  int64_t charged_bytes() const { return charged_bytes_; }

 private:
  void Charge(const types::Batch& batch, uint32_t first, uint32_t count);
  types::Batch& Tail();
  void UpdateView(size_t column) const;

  std::vector<types::SqlType> types_;
  MemoryTracker* const memory_;
  std::vector<std::unique_ptr<types::Batch>> chunks_;
  uint64_t row_count_ = 0;
  uint32_t row_bytes_ = 0;
  int64_t charged_bytes_ = 0;
  mutable std::vector<ColumnView> views_;  // by column; the last chunk's entry may be out of date
  bool is_sealed_ = false;
};

}  // namespace grizzly::executor
