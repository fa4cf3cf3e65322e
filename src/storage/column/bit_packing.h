// Unsigned integers of a fixed width in bits, one behind the other, lowest bits first.
//
// FORMAT  value i takes bits [i * width, (i + 1) * width) of the bytes, little-endian
// LIMITS  readers look up to kPackingSlackBytes past the last value: leave that many bytes there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace grizzly::storage {

inline constexpr size_t kPackingSlackBytes = 9;

constexpr int BitWidth(uint64_t value) {
  return value == 0 ? 0 : 64 - __builtin_clzll(value);
}
constexpr uint64_t WidthMask(int width) {
  return width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
}
constexpr size_t PackedBytes(size_t count, int width) {
  return (count * static_cast<size_t>(width) + 7) / 8;
}

// Each value below 2^width. Appends PackedBytes bytes.
void PackBits(std::span<const uint64_t> values, int width, std::string* out);
// out[i] = base + value i, wrapping. `out` has room for `count` rounded up to a multiple of eight.
void UnpackBits(const char* packed, size_t count, int width, uint64_t base, uint64_t* out);
uint64_t UnpackOne(const char* packed, size_t index, int width);

}  // namespace grizzly::storage
