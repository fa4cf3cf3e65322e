// A column of one row group: up to a few hundred thousand values of one type, compressed, in blocks of
// one batch.
//
// FORMAT   version 1, on disk, little-endian
//          segment  := head validity values checksum
//          head     := version:u8 kind:u8 nulls:u8 scale:u8 row_count:u32
//          kind     := 0 integers, 1 numeric, 2 floats, 3 strings, 4 sixteen-byte values
//          nulls    := 0 none, 1 some, 2 all (then neither validity nor values follow)
//          validity := (only when some) byte_count:u32, codec:u8, a bit per row, set = not NULL, compressed
//          values   := integers  integer_codec.h: bool, "char", int2, int4, int8, date, timestamps, ...
//                      numeric   integer_codec.h, value = integer / 10^scale; numerics of several scales
//                                or beyond 18 digits are strings (their own bytes)
//                      floats    float_codec.h
//                      strings, sixteen-byte values   bytes_codec.h
//                      A NULL has some value all the same.
//          checksum := xxh3_64 of all before, u64
// ERRORS   XX001
// THREADS  a reader belongs to one thread.
// TESTS    tests/fuzz/storage_segment_model.cc
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/column/bytes_codec.h"
#include "storage/column/zone_map.h"
#include "types/vector.h"

namespace grizzly::storage {

inline constexpr uint8_t kSegmentFormatVersion = 1;

enum class SegmentKind : uint8_t { kIntegers, kNumeric, kFloats, kStrings, kFixed16 };

// Gathers a column's values for one segment.
class SegmentWriter {
 public:
  explicit SegmentWriter(types::SqlType type);

  // Rows [first, first + count) of a vector of the type.
  void Append(const types::Vector& values, uint32_t first, uint32_t count);
  void AppendDatum(const types::Datum& value);
  uint32_t row_count() const { return row_count_; }
  size_t byte_count() const;
  // Appends the segment of what was gathered (at least one row) and says what is in it.
  void Finish(std::string* out, ZoneMap* zone);
  void Clear();

 private:
  void AppendInteger(int64_t value) { integers_.push_back(value); }
  void AppendNumeric(const types::StringRef& value);
  void AppendNull();
  void NumericsToStrings();
  void AppendValidity(std::string* out) const;
  void AppendValues(std::string* out) const;
  ZoneMap MakeZoneMap() const;
  bool IsValid(uint32_t row) const {
    return null_count_ == 0 || ((validity_[row >> 6] >> (row & 63)) & 1) != 0;
  }

  const types::SqlType type_;
  SegmentKind kind_;
  uint32_t row_count_ = 0;
  uint32_t null_count_ = 0;
  int scale_ = -1;  // of numerics held as integers; -1: none yet
  std::vector<int64_t> integers_;
  std::vector<double> floats_;
  StringList strings_;
  std::vector<uint64_t> validity_;
};

// The store checks what it reads from disk itself; one row is not worth summing up a whole segment again.
enum class SegmentCheck : uint8_t { kChecksum, kNone };

class SegmentReader {
 public:
  virtual ~SegmentReader() = default;

  // `bytes` must outlive the reader.
  static std::unique_ptr<SegmentReader> Open(std::string_view bytes, types::SqlType type,
                                             SegmentCheck check = SegmentCheck::kChecksum);
  // Every row reads as this (a column that is younger than the segment's group).
  static std::unique_ptr<SegmentReader> OfConstant(const types::Datum& value, types::SqlType type,
                                                   uint32_t row_count);

  // All rows of a block. `out` is reset, with room for a block; strings stay in the segment, in a buffer
  // until the next call.
  virtual void DecodeBlock(uint32_t block, types::Vector& out) = 0;
  // Some rows of it, given by their number in the block.
  virtual void DecodeRows(uint32_t block, types::Selection rows, types::Vector& out) = 0;
  // One value; a string is valid until the next call.
  virtual types::Datum At(uint32_t row) = 0;
  // The distinct values, where they are numbered; else null. With NULLs the last one is NULL.
  virtual const types::Vector* dictionary() { return nullptr; }
  virtual uint32_t dictionary_size() const { return 0; }
  // Of a block of a segment with a dictionary: each row's number.
  virtual void DecodeCodes(uint32_t block, uint32_t* codes);
};

}  // namespace grizzly::storage
