// General compression of a block of bytes: LZ4 where it is nearly as small, else Zstandard.
//
// THREADS  free functions.
// ERRORS   XX001 for bytes that do not decompress to the size they should have.
// SOURCE   LZ4 1.9, Zstandard 1.5
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace grizzly::storage {

enum class BlockCodec : uint8_t { kPlain = 0, kLz4 = 1, kZstd = 2 };

// What to use for bytes like these.
BlockCodec ChooseCodec(std::string_view sample);
// Appends the compressed bytes; returns what was used (plain when compressing did not help).
BlockCodec CompressBlock(BlockCodec codec, std::string_view bytes, std::string* out);
// Writes exactly `byte_count` bytes to `out`.
void DecompressBlock(BlockCodec codec, std::string_view stored, size_t byte_count, char* out);

}  // namespace grizzly::storage
