// A column of 64-bit integers as bytes, in the encoding that makes them smallest.
//
// FORMAT   version 1, on disk, little-endian
//          integers := encoding:u8 body
//          A body is made of blocks of kSegmentBlockRows rows where it says so; each file below
//          has its own on top: encoding_constant.cc, encoding_frame.cc (frame of reference),
//          encoding_delta.cc, encoding_runs.cc (run-length), encoding_dictionary.cc.
//          Every body that packs bits ends with kPackingSlackBytes zeros.
// ERRORS   XX001 for bytes that are none.
// THREADS  readers are immutable; share freely.
// TESTS    tests/fuzz/storage_segment_model.cc
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "storage/column/byte_cursor.h"

namespace grizzly::storage {

// Rows that are decoded together: one batch of the executor.
inline constexpr uint32_t kSegmentBlockRows = 2048;

constexpr uint32_t BlockCount(uint32_t rows) {
  return (rows + kSegmentBlockRows - 1) / kSegmentBlockRows;
}
constexpr uint32_t BlockRows(uint32_t rows, uint32_t block) {
  const uint32_t rest = rows - block * kSegmentBlockRows;
  return rest < kSegmentBlockRows ? rest : kSegmentBlockRows;
}

enum class IntegerEncoding : uint8_t {
  kConstant = 0,
  kFrame = 1,
  kDelta = 2,
  kRuns = 3,
  kDictionary = 4,
};

// The bytes it was opened over must outlive it.
class IntegerReader {
 public:
  virtual ~IntegerReader() = default;
  // All rows of a block; `out` has room for kSegmentBlockRows.
  virtual void DecodeBlock(uint32_t block, int64_t* out) const = 0;
  virtual int64_t At(uint32_t row) const = 0;
  // False: At reads what lies before the row in its block, too; some rows are had by decoding the block.
  virtual bool HasCheapAccess() const { return true; }
  // Every row is this one.
  virtual const int64_t* constant() const { return nullptr; }
};

// Chooses by what each encoding would take. At least one value.
void EncodeIntegers(std::span<const int64_t> values, std::string* out);
// Takes the encoded integers off the cursor.
std::unique_ptr<IntegerReader> OpenIntegers(ByteCursor& in, uint32_t row_count);

// ---- one pair each: how many bytes it would take (SIZE_MAX: not for these), and doing it ----
struct IntegerEncoder {
  IntegerEncoding encoding;
  size_t (*estimate)(std::span<const int64_t> values);
  void (*encode)(std::span<const int64_t> values, std::string* out);
  std::unique_ptr<IntegerReader> (*open)(ByteCursor& in, uint32_t row_count);
};
extern const IntegerEncoder kConstantEncoder;
extern const IntegerEncoder kFrameEncoder;
extern const IntegerEncoder kDeltaEncoder;
extern const IntegerEncoder kRunsEncoder;
extern const IntegerEncoder kDictionaryEncoder;

}  // namespace grizzly::storage
