// Batches of rows in a temporary file, read back in the order they were written.
//
// FORMAT   in one process only, not versioned: per batch row_count:u32, then per column a flag byte (1: a
//          validity bitmap follows), the bitmap, and the values: fixed-width ones as they lie in memory,
//          strings as their lengths (u32) and then their bytes.
// THREADS  one at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "executor/spill/spill_space.h"
#include "types/batch.h"

namespace grizzly::executor {

class SpillFile {
 public:
  SpillFile(SpillSpace& space, std::span<const types::SqlType> column_types);
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  // Appends all rows of `batch`, which may have more columns than the file. Not after FinishWriting.
  void Write(const types::Batch& batch);
  void FinishWriting();
  // Back to the first batch.
  void Rewind();
  // Fills `out` (of the file's column types) with the next batch; false at the end. Long strings lie in
  // `out`.
  bool Read(types::Batch& out);
  // Where the next batch that is written will be, and reading one from there.
  uint64_t write_place() const { return charged_bytes_ + buffer_.size(); }
  void ReadAt(uint64_t place, types::Batch& out);

  uint64_t row_count() const { return row_count_; }
  uint64_t byte_count() const { return charged_bytes_; }
  std::span<const types::SqlType> column_types() const { return types_; }

 private:
  void FlushBuffer();
  void Take(void* target, size_t bytes);
  uint32_t TakeBatch(types::Batch& out);

  SpillSpace& space_;
  const std::vector<types::SqlType> types_;
  std::unique_ptr<storage::TemporaryFile> file_;
  std::string buffer_;         // written, not yet in the file; or read ahead
  size_t buffer_place_ = 0;
  uint64_t file_place_ = 0;    // of the next read
  uint64_t row_count_ = 0;
  uint64_t charged_bytes_ = 0;
  uint64_t rows_left_ = 0;
};

// Rows in several files by the hash of their keys, so that equal keys meet in one.
class SpillPartitions {
 public:
  // `shift`: which bits of the hash decide, for partitions of partitions.
  SpillPartitions(SpillSpace& space, std::span<const types::SqlType> column_types, uint32_t count,
                  uint32_t shift);
  // Row rows[i] (null: row i) of the batch has hash hashes[row].
  void Write(const types::Batch& batch, const uint64_t* hashes, const std::vector<uint32_t>* rows);
  void FinishWriting();
  size_t count() const { return files_.size(); }
  SpillFile& file(size_t i) { return *files_[i]; }
  std::unique_ptr<SpillFile> Take(size_t i) { return std::move(files_[i]); }
  uint64_t byte_count() const;

 private:
  void Flush(size_t partition);

  const uint32_t shift_;
  std::vector<std::unique_ptr<SpillFile>> files_;
  std::vector<std::unique_ptr<types::Batch>> pending_;  // gathers rows until worth writing
  std::vector<std::vector<uint32_t>> chosen_;
};

}  // namespace grizzly::executor
