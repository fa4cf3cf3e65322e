// Delta: each value's distance from the one before, less the block's smallest distance, bit-packed. For
// what ascends: keys, row ids, times.
//
// FORMAT  body := byte_count:u32 step:i64 per block, blocks (packed_blocks.h) over the distances
//         A block's base is its first value; distance 0 is 0; value i = value i-1 + step + distance i.
#include <algorithm>
#include <vector>

#include "storage/column/packed_blocks.h"

namespace grizzly::storage {
namespace {

class DeltaReader final : public IntegerReader {
 public:
  DeltaReader(ByteCursor& in, uint32_t row_count)
      : steps_(in.TakeSized()), blocks_(in, row_count) {
    if (steps_.size() != size_t{BlockCount(row_count)} * 8) ThrowDamagedSegment("steps are missing");
  }
  void DecodeBlock(uint32_t block, int64_t* out) const override {
    Decode(block, BlockRows(blocks_.row_count(), block), out);
  }
  int64_t At(uint32_t row) const override {
    const uint32_t block = row / kSegmentBlockRows;
    const uint32_t first = block * kSegmentBlockRows;
    uint64_t value = static_cast<uint64_t>(blocks_.base(block));
    for (uint32_t i = first + 1; i <= row; ++i) value += Step(block) + blocks_.OffsetAt(i);
    return static_cast<int64_t>(value);
  }
  bool HasCheapAccess() const override { return false; }

 private:
  uint64_t Step(uint32_t block) const {
    return ReadValueAt<uint64_t>(steps_.data() + size_t{block} * 8);
  }
  void Decode(uint32_t block, uint32_t rows, int64_t* out) const {
    uint64_t* const values = reinterpret_cast<uint64_t*>(out);
    blocks_.Unpack(block, Step(block), values);
    uint64_t value = static_cast<uint64_t>(blocks_.base(block));
    values[0] = value;
    for (uint32_t i = 1; i < rows; ++i) {
      value += values[i];
      values[i] = value;
    }
  }

  const std::string_view steps_;
  const PackedBlocks blocks_;
};

struct Steps {
  int64_t least = 0;
  int width = 0;
};

int64_t Distance(int64_t from, int64_t to) {
  return static_cast<int64_t>(static_cast<uint64_t>(to) - static_cast<uint64_t>(from));
}

Steps StepsOf(std::span<const int64_t> block) {
  if (block.size() < 2) return {};
  int64_t least = INT64_MAX, greatest = INT64_MIN;
  for (size_t i = 1; i < block.size(); ++i) {
    const int64_t distance = Distance(block[i - 1], block[i]);
    least = std::min(least, distance);
    greatest = std::max(greatest, distance);
  }
  return {least, BitWidth(static_cast<uint64_t>(greatest) - static_cast<uint64_t>(least))};
}

template <typename Use>
void ForEachBlock(std::span<const int64_t> values, const Use& use) {
  for (size_t first = 0; first < values.size(); first += kSegmentBlockRows) {
    use(values.subspan(first, std::min<size_t>(kSegmentBlockRows, values.size() - first)));
  }
}

size_t Estimate(std::span<const int64_t> values) {
  size_t bytes = 2 * sizeof(uint32_t) + kPackingSlackBytes;
  ForEachBlock(values, [&](std::span<const int64_t> block) {
    bytes += kPackedBlockHeadBytes + 8 + PackedBytes(block.size(), StepsOf(block).width);
  });
  return bytes;
}

void Encode(std::span<const int64_t> values, std::string* out) {
  std::string steps;
  PackedBlocksWriter writer;
  std::vector<uint64_t> offsets;
  ForEachBlock(values, [&](std::span<const int64_t> block) {
    const Steps found = StepsOf(block);
    offsets.assign(1, 0);
    for (size_t i = 1; i < block.size(); ++i) {
      offsets.push_back(static_cast<uint64_t>(Distance(block[i - 1], block[i])) -
                        static_cast<uint64_t>(found.least));
    }
    AppendValue(&steps, found.least);
    writer.Add(block[0], found.width, offsets);
  });
  AppendValue(out, static_cast<uint32_t>(steps.size()));
  out->append(steps);
  writer.Finish(out);
}

std::unique_ptr<IntegerReader> Open(ByteCursor& in, uint32_t row_count) {
  return std::make_unique<DeltaReader>(in, row_count);
}

}  // namespace

const IntegerEncoder kDeltaEncoder{IntegerEncoding::kDelta, Estimate, Encode, Open};

}  // namespace grizzly::storage
