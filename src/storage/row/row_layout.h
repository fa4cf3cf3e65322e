// A row's bytes: header, null bitmap, fixed-width columns at fixed offsets, variable ones behind.
//
// FORMAT   version 1, on disk, little-endian
//          row    := commit_timestamp:u64 layout_version:u16 flags:u16 nulls fixed ends payload
//          nulls  := one bit per column, set = NULL, ceil(columns / 8) bytes
//          fixed  := each fixed-width column at its offset, its width bytes (unaligned)
//          ends   := u32 per variable column: end of its bytes, counted from the start of payload
//          A NULL has its place all the same: zeros, or no bytes. Dropped columns are NULL.
//          Example: (int4 7, text 'ab', int2 NULL, text 'c') of version 1 in a set, uncommitted
//            00 00 00 00 00 00 00 00  01 00  00 00    timestamp, layout version, flags
//            04                                       the third column is NULL
//            07 00 00 00  00 00                       int4, int2
//            02 00 00 00  03 00 00 00                 ends
//            61 62 63                                 payload
// LIMITS   kColumnsMax columns; a row of kRowBytesMax.
// THREADS  immutable; share freely.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "types/batch.h"

namespace grizzly::storage {

inline constexpr uint32_t kColumnsMax = 1600;                 // PostgreSQL's MaxHeapAttributeNumber
inline constexpr size_t kRowBytesMax = size_t{1} << 30;       // PostgreSQL's MaxAllocSize
inline constexpr size_t kRowHeaderBytes = 12;

struct RowColumn {
  types::SqlType type;
  // What rows of older layouts (fewer columns) read as.
  bool missing_is_null = true;
  types::Datum missing;          // its long string lives in the layout
};

// One table's layout: columns in attnum order, dropped ones included. Versions differ only in how many
// columns a row has (ADD COLUMN appends); version v of a set has the first column_counts[v] columns.
class RowLayoutSet {
 public:
  // `column_counts`: one entry per layout version, the last one for new rows; ascending.
  RowLayoutSet(std::vector<RowColumn> columns, std::vector<uint32_t> column_counts);
  ~RowLayoutSet();

  uint32_t column_count() const;
  const RowColumn& column(uint32_t i) const;

  // Appends a whole row to *out, timestamp zero. One value per column. Throws 54000 when too big.
  void Encode(std::span<const types::Datum> values, std::string* out) const;
  // The same from row `row` of a batch whose first columns are the table's.
  void EncodeRow(const types::Batch& batch, uint32_t row, std::string* out) const;

  // One column of a stored row; a long string points into `row`.
  types::Datum Decode(std::string_view row, uint32_t column) const;
  // Columns `columns[i]` (0-based; kSkip leaves the target column alone) into out.column(i) at
  // `target_row`; long strings are copied into the vector's heap. The vectors are flat, with room.
  static constexpr uint32_t kSkip = UINT32_MAX;
  void DecodeInto(std::string_view row, std::span<const uint32_t> columns, types::Batch& out,
                  uint32_t target_row) const;
  // An integer column (int2, int4, int8 and what is kept as they are); false: NULL.
  bool ReadInteger(std::string_view row, uint32_t column, int64_t* value) const;
  // Throws XX001 data_corrupted when `row` is no row of this set.
  void Validate(std::string_view row) const;

 private:
  friend class RowDecoder;
  struct Version;
  const Version& VersionOf(std::string_view row) const;
  template <typename Values>
  void EncodeValues(const Values& values, std::string* out) const;

  std::vector<RowColumn> columns_;
  std::vector<Version> versions_;  // by layout version
  std::vector<std::unique_ptr<std::string>> missing_storage_;  // what long missing values point at
};

// Decodes row after row into the same columns of a batch: DecodeInto with everything looked up before.
// THREADS one at a time. The layouts must outlive it.
class RowDecoder {
 public:
  // `columns` as DecodeInto takes them.
  RowDecoder(const RowLayoutSet& layouts, std::span<const uint32_t> columns);
  ~RowDecoder();
  // The batch to write to; again after each change of its vectors' memory (Reset, Reserve).
  void Attach(types::Batch& out);
  void Decode(std::string_view row, uint32_t target_row);

 private:
  struct Step;
  const std::vector<Step>& StepsOf(uint16_t version);

  const RowLayoutSet& layouts_;
  const std::vector<uint32_t> columns_;
  std::vector<std::vector<Step>> steps_;  // by layout version; empty: not yet made
  std::vector<char*> data_;               // by column of the batch
  types::Batch* out_ = nullptr;
};

}  // namespace grizzly::storage
