#include "storage/column/block_compression.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include <lz4.h>
#include <zstd.h>

#include "storage/column/byte_cursor.h"

namespace grizzly::storage {
namespace {

constexpr int kZstdLevel = 1;  // 3 is 4 % smaller on TPC-H comments and half as fast

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

size_t CompressZstd(std::string_view bytes, char* out, size_t capacity) {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeCompressor> context(ZSTD_createCCtx());
  const size_t size = ZSTD_compressCCtx(context.get(), out, capacity, bytes.data(), bytes.size(),
                                        kZstdLevel);
  return ZSTD_isError(size) ? SIZE_MAX : size;
}

size_t CompressLz4(std::string_view bytes, char* out, size_t capacity) {
  const int size = LZ4_compress_default(bytes.data(), out, static_cast<int>(bytes.size()),
                                        static_cast<int>(capacity));
  return size <= 0 ? SIZE_MAX : static_cast<size_t>(size);
}

size_t Bound(size_t bytes) {
  return std::max(ZSTD_compressBound(bytes),
                  static_cast<size_t>(LZ4_compressBound(static_cast<int>(bytes))));
}

}  // namespace

BlockCodec ChooseCodec(std::string_view sample) {
  if (sample.size() < 64 || sample.size() > LZ4_MAX_INPUT_SIZE) return BlockCodec::kPlain;
  const auto scratch = std::make_unique_for_overwrite<char[]>(Bound(sample.size()));
  const size_t lz4 = CompressLz4(sample, scratch.get(), Bound(sample.size()));
  const size_t zstd = CompressZstd(sample, scratch.get(), Bound(sample.size()));
  const size_t worthwhile = sample.size() - sample.size() / 8;
  if (lz4 < worthwhile && lz4 <= zstd + zstd / 4) return BlockCodec::kLz4;
  return zstd < worthwhile ? BlockCodec::kZstd : BlockCodec::kPlain;
}

BlockCodec CompressBlock(BlockCodec codec, std::string_view bytes, std::string* out) {
  const size_t start = out->size();
  if (codec != BlockCodec::kPlain && !bytes.empty() && bytes.size() <= LZ4_MAX_INPUT_SIZE) {
    const size_t capacity = Bound(bytes.size());
    out->resize(start + capacity);
    const size_t size = codec == BlockCodec::kLz4
                            ? CompressLz4(bytes, out->data() + start, capacity)
                            : CompressZstd(bytes, out->data() + start, capacity);
    if (size < bytes.size()) {
      out->resize(start + size);
      return codec;
    }
    out->resize(start);
  }
  out->append(bytes);
  return BlockCodec::kPlain;
}

void DecompressBlock(BlockCodec codec, std::string_view stored, size_t byte_count, char* out) {
  size_t written = SIZE_MAX;
  switch (codec) {
    case BlockCodec::kPlain:
      if (stored.size() == byte_count) {
        std::memcpy(out, stored.data(), byte_count);
        written = byte_count;
      }
      break;
    case BlockCodec::kLz4: {
      const int size = LZ4_decompress_safe(stored.data(), out, static_cast<int>(stored.size()),
                                           static_cast<int>(byte_count));
      if (size >= 0) written = static_cast<size_t>(size);
      break;
    }
    case BlockCodec::kZstd: {
      thread_local const std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context(ZSTD_createDCtx());
      written = ZSTD_decompressDCtx(context.get(), out, byte_count, stored.data(), stored.size());
      break;
    }
  }
  if (written != byte_count) ThrowDamagedSegment("a block does not decompress");
}

}  // namespace grizzly::storage
