#include "storage/column/packed_blocks.h"

namespace grizzly::storage {

void PackedBlocksWriter::Add(int64_t base, int width, std::span<const uint64_t> offsets) {
  AppendValue(&bases_, base);
  widths_.push_back(static_cast<char>(width));
  PackBits(offsets, width, &packed_);
  AppendValue(&ends_, static_cast<uint32_t>(packed_.size()));
}

void PackedBlocksWriter::Finish(std::string* out) const {
  AppendValue(out, static_cast<uint32_t>(bases_.size() + ends_.size() + widths_.size() +
                                         packed_.size() + kPackingSlackBytes));
  out->append(bases_).append(ends_).append(widths_).append(packed_);
  out->append(kPackingSlackBytes, '\0');
}

PackedBlocks::PackedBlocks(ByteCursor& in, uint32_t row_count) : row_count_(row_count) {
  const uint32_t blocks = BlockCount(row_count);
  ByteCursor body(in.TakeSized());
  bases_ = body.Take(size_t{blocks} * 8).data();
  ends_ = body.Take(size_t{blocks} * 4).data();
  widths_ = body.Take(blocks).data();
  packed_ = body.data();
  size_t end = 0;
  for (uint32_t block = 0; block < blocks; ++block) {
    if (width(block) > 64) ThrowDamagedSegment("a width above 64 bits");
    end += PackedBytes(BlockRows(row_count, block), width(block));
    if (ReadValueAt<uint32_t>(ends_ + block * 4) != end) ThrowDamagedSegment("blocks do not join");
  }
  if (end + kPackingSlackBytes != body.size()) ThrowDamagedSegment("not as long as its blocks");
}

}  // namespace grizzly::storage
