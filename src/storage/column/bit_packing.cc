#include "storage/column/bit_packing.h"

#include <array>
#include <cstring>
#include <utility>

namespace grizzly::storage {
namespace {

uint64_t Load(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

// Value kIndex of eight that start at a byte: places and shifts are known when compiling.
template <int kWidth, int kIndex>
inline uint64_t Extract(const char* packed) {
  constexpr int kBit = kWidth * kIndex;
  constexpr int kShift = kBit % 8;
  uint64_t value = Load(packed + kBit / 8) >> kShift;
  if constexpr (kShift + kWidth > 64) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(packed[kBit / 8 + 8])) << (64 - kShift);
  }
  return value & WidthMask(kWidth);
}

template <int kWidth, size_t... kIndex>
inline void UnpackEight(const char* packed, uint64_t base, uint64_t* out,
                        std::index_sequence<kIndex...>) {
  ((out[kIndex] = base + Extract<kWidth, static_cast<int>(kIndex)>(packed)), ...);
}

template <int kWidth>
void UnpackWidth(const char* packed, size_t count, uint64_t base, uint64_t* out) {
  if constexpr (kWidth == 0) {
    for (size_t i = 0; i < count; ++i) out[i] = base;
  } else {
    size_t i = 0;
    for (; i + 8 <= count; i += 8, packed += kWidth) {
      UnpackEight<kWidth>(packed, base, out + i, std::make_index_sequence<8>());
    }
    for (size_t rest = 0; i < count; ++i, ++rest) {
      out[i] = base + UnpackOne(packed, rest, kWidth);
    }
  }
}

using Unpacker = void (*)(const char*, size_t, uint64_t, uint64_t*);

template <size_t... kWidth>
constexpr std::array<Unpacker, sizeof...(kWidth)> MakeUnpackers(std::index_sequence<kWidth...>) {
  return {UnpackWidth<static_cast<int>(kWidth)>...};
}
constexpr auto kUnpackers = MakeUnpackers(std::make_index_sequence<65>());

}  // namespace

void PackBits(std::span<const uint64_t> values, int width, std::string* out) {
  const size_t start = out->size();
  out->resize(start + PackedBytes(values.size(), width) + sizeof(uint64_t) + 1);
  char* const bytes = out->data() + start;
  size_t bit = 0;
  for (const uint64_t value : values) {
    char* const at = bytes + bit / 8;
    const int shift = static_cast<int>(bit % 8);
    const uint64_t word = Load(at) | (value << shift);
    std::memcpy(at, &word, sizeof(word));
    if (shift + width > 64) at[8] = static_cast<char>(value >> (64 - shift));
    bit += static_cast<size_t>(width);
  }
  out->resize(start + PackedBytes(values.size(), width));
}

void UnpackBits(const char* packed, size_t count, int width, uint64_t base, uint64_t* out) {
  kUnpackers[static_cast<size_t>(width)](packed, count, base, out);
}

uint64_t UnpackOne(const char* packed, size_t index, int width) {
  if (width == 0) return 0;
  const size_t bit = index * static_cast<size_t>(width);
  const int shift = static_cast<int>(bit % 8);
  uint64_t value = Load(packed + bit / 8) >> shift;
  if (shift + width > 64) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(packed[bit / 8 + 8])) << (64 - shift);
  }
  return value & WidthMask(width);
}

}  // namespace grizzly::storage
