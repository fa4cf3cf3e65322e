// Frame of reference: a block's values as distances from its smallest, bit-packed.
//
// FORMAT  body := blocks (packed_blocks.h); value = base + offset
#include <algorithm>
#include <vector>

#include "storage/column/packed_blocks.h"

namespace grizzly::storage {
namespace {

class FrameReader final : public IntegerReader {
 public:
  FrameReader(ByteCursor& in, uint32_t row_count) : blocks_(in, row_count) {}
  void DecodeBlock(uint32_t block, int64_t* out) const override {
    blocks_.Unpack(block, static_cast<uint64_t>(blocks_.base(block)),
                   reinterpret_cast<uint64_t*>(out));
  }
  int64_t At(uint32_t row) const override {
    return static_cast<int64_t>(static_cast<uint64_t>(blocks_.base(row / kSegmentBlockRows)) +
                                blocks_.OffsetAt(row));
  }

 private:
  const PackedBlocks blocks_;
};

struct Frame {
  int64_t base;
  int width;
};

Frame FrameOf(std::span<const int64_t> block) {
  const auto [least, greatest] = std::minmax_element(block.begin(), block.end());
  return {*least, BitWidth(static_cast<uint64_t>(*greatest) - static_cast<uint64_t>(*least))};
}

size_t Estimate(std::span<const int64_t> values) {
  size_t bytes = sizeof(uint32_t) + kPackingSlackBytes;
  for (size_t first = 0; first < values.size(); first += kSegmentBlockRows) {
    const auto block =
        values.subspan(first, std::min<size_t>(kSegmentBlockRows, values.size() - first));
    bytes += kPackedBlockHeadBytes + PackedBytes(block.size(), FrameOf(block).width);
  }
  return bytes;
}

void Encode(std::span<const int64_t> values, std::string* out) {
  PackedBlocksWriter writer;
  std::vector<uint64_t> offsets;
  for (size_t first = 0; first < values.size(); first += kSegmentBlockRows) {
    const auto block =
        values.subspan(first, std::min<size_t>(kSegmentBlockRows, values.size() - first));
    const Frame frame = FrameOf(block);
    offsets.clear();
    for (const int64_t value : block) {
      offsets.push_back(static_cast<uint64_t>(value) - static_cast<uint64_t>(frame.base));
    }
    writer.Add(frame.base, frame.width, offsets);
  }
  writer.Finish(out);
}

std::unique_ptr<IntegerReader> Open(ByteCursor& in, uint32_t row_count) {
  return std::make_unique<FrameReader>(in, row_count);
}

}  // namespace

const IntegerEncoder kFrameEncoder{IntegerEncoding::kFrame, Estimate, Encode, Open};

}  // namespace grizzly::storage
