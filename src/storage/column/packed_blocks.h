// Blocks of bit-packed integers, each with its own base and width: what frame of reference and delta
// encoding have in common.
//
// FORMAT  blocks := byte_count:u32 base:i64 per block, end:u32 per block, width:u8 per block,
//                   packed bits of each block, slack
//         byte_count is of all behind it; an end counts from the start of the packed bits.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "storage/column/bit_packing.h"
#include "storage/column/integer_codec.h"

namespace grizzly::storage {

inline constexpr size_t kPackedBlockHeadBytes = 8 + 4 + 1;

class PackedBlocksWriter {
 public:
  // `values` minus base must fit `width` bits; one block after the other.
  void Add(int64_t base, int width, std::span<const uint64_t> offsets);
  void Finish(std::string* out) const;

 private:
  std::string bases_, ends_, widths_, packed_;
};

class PackedBlocks {
 public:
  PackedBlocks(ByteCursor& in, uint32_t row_count);

  uint32_t row_count() const { return row_count_; }
  int64_t base(uint32_t block) const { return ReadValueAt<int64_t>(bases_ + block * 8); }
  // out[i] = base + offset i
  void Unpack(uint32_t block, uint64_t base, uint64_t* out) const {
    UnpackBits(packed_ + Begin(block), BlockRows(row_count_, block), width(block), base, out);
  }
  uint64_t OffsetAt(uint32_t row) const {
    const uint32_t block = row / kSegmentBlockRows;
    return UnpackOne(packed_ + Begin(block), row % kSegmentBlockRows, width(block));
  }

 private:
  int width(uint32_t block) const { return static_cast<uint8_t>(widths_[block]); }
  uint32_t Begin(uint32_t block) const {
    return block == 0 ? 0 : ReadValueAt<uint32_t>(ends_ + (block - 1) * 4);
  }

  uint32_t row_count_;
  const char* bases_;
  const char* ends_;
  const char* widths_;
  const char* packed_;
};

}  // namespace grizzly::storage
