// Rows in the order they came, read again in any order: the last ones in memory, the others in files once there are
// more than the budget allows. What CTEs, window partitions and subplans keep.
//
// Chunks have kBatchRowsMax rows, but for the last one. Memory is charged as RowStore does it; what is read back
// from a file is not (a few chunks).
// THREADS  one at a time.
// ERRORS   53200, 53400 temp_file_limit.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "executor/row_store.h"
#include "executor/spill/spill_file.h"

namespace grizzly::executor {

class PagedRows {
 public:
  // `budget_bytes` 0: everything stays in memory.
  PagedRows(std::span<const types::SqlType> column_types, MemoryTracker* memory,
            int64_t budget_bytes);

  // Copies all rows of `batch`, which may have more columns than the store.
  void Append(const types::Batch& batch);
  uint64_t row_count() const { return row_count_; }
  size_t chunk_count() const;
  // Stays as it is for as long as it is held; rows may be appended to the last one meanwhile.
  std::shared_ptr<const types::Batch> chunk(size_t i);
  // A long string points into the row's chunk: valid until some other chunks have been asked for.
  types::Datum Get(uint64_t row, size_t column);

  int64_t peak_bytes() const { return peak_bytes_; }
  uint64_t spilled_bytes() const { return spilled_bytes_; }

 private:
  // Chunks that are in a file.
  struct Page {
    size_t first_chunk;
    std::unique_ptr<SpillFile> file;
    std::vector<uint64_t> places;  // of its chunks, in the file
  };
  struct Loaded {
    size_t chunk = SIZE_MAX;
    uint64_t asked = 0;
    std::shared_ptr<types::Batch> rows;
  };
  void MoveToFile();
  const std::shared_ptr<types::Batch>& Load(size_t i);

  const std::vector<types::SqlType> types_;
  MemoryTracker* const memory_;
  const int64_t budget_bytes_;
  std::shared_ptr<RowStore> recent_;
  size_t recent_first_chunk_ = 0;
  std::vector<Page> pages_;
  std::array<Loaded, 4> loaded_;  // read back last
  uint64_t asked_ = 0;
  uint64_t row_count_ = 0;
  int64_t peak_bytes_ = 0;
  uint64_t spilled_bytes_ = 0;
};

}  // namespace grizzly::executor
