// A column of floats as integers: as the decimals they were written as, or as their bits.
//
// FORMAT   version 1, on disk, little-endian
//          floats   := exponent:u8 integers exceptions
//          exponent := 0xFF: the integers are the IEEE bits of the doubles
//                    | e <= 18: value = integer / 10^e, but for the exceptions
//          exceptions := count:u32 row:u32 each ascending, bits:u64 each
//          A float4 is stored as the double it is.
// SOURCE   Afroozeh, Kuffo, Boncz: ALP (SIGMOD 2023), its idea in its simplest form
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/column/integer_codec.h"

namespace grizzly::storage {

class FloatReader {
 public:
  FloatReader(ByteCursor& in, uint32_t row_count);
  void DecodeBlock(uint32_t block, double* out) const;
  double At(uint32_t row) const;

 private:
  double ValueOf(int64_t integer) const;

  uint32_t row_count_;
  uint8_t exponent_;
  std::unique_ptr<IntegerReader> integers_;
  std::vector<uint32_t> exception_rows_;
  std::vector<double> exceptions_;
};

// `single`: they are float4, and only as such have to come back.
void EncodeFloats(std::span<const double> values, bool single, std::string* out);

}  // namespace grizzly::storage
