#include "storage/column/bit_packing.h"

#include <array>
#include <cstring>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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
using Unpackers = std::array<Unpacker, 65>;

template <size_t... kWidth>
constexpr Unpackers MakeUnpackers(std::index_sequence<kWidth...>) {
  return {UnpackWidth<static_cast<int>(kWidth)>...};
}
constexpr Unpackers kPlainUnpackers = MakeUnpackers(std::make_index_sequence<65>());

#if defined(__x86_64__)

// Four values of at most this width lie in 16 bytes.
constexpr int kFourWidthMax = 30;

// How four values that start at a bit of 16 bytes come to be four words: which bytes go where, and how far they are
// shifted down then.
struct FourPlaces {
  alignas(32) std::array<uint8_t, 32> bytes{};
  alignas(32) std::array<uint64_t, 4> shifts{};
};

constexpr FourPlaces PlacesOf(int width, int first_bit) {
  FourPlaces places;
  for (int value = 0; value < 4; ++value) {
    const int bit = first_bit + value * width;
    for (int byte = 0; byte < 8; ++byte) {
      const int from = bit / 8 + byte;
      places.bytes[static_cast<size_t>(value * 8 + byte)] = from < 16 ? static_cast<uint8_t>(from) : 0x80;  // 0
    }
    places.shifts[static_cast<size_t>(value)] = static_cast<uint64_t>(bit % 8);
  }
  return places;
}

template <int kWidth, int kFirst>
__attribute__((target("avx2"), always_inline)) inline void UnpackFour(const char* packed, __m256i base, uint64_t* out) {
  static constexpr FourPlaces kPlaces = PlacesOf(kWidth, kFirst * kWidth % 8);
  const auto* const at = reinterpret_cast<const __m128i*>(packed + kFirst * kWidth / 8);
  const __m256i bytes = _mm256_broadcastsi128_si256(_mm_loadu_si128(at));
  const __m256i places = _mm256_load_si256(reinterpret_cast<const __m256i*>(kPlaces.bytes.data()));
  const __m256i shifts = _mm256_load_si256(reinterpret_cast<const __m256i*>(kPlaces.shifts.data()));
  const __m256i mask = _mm256_set1_epi64x(static_cast<int64_t>(WidthMask(kWidth)));
  const __m256i words = _mm256_srlv_epi64(_mm256_shuffle_epi8(bytes, places), shifts);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_add_epi64(base, _mm256_and_si256(words, mask)));
}

template <int kWidth>
__attribute__((target("avx2"))) void UnpackWidthWithAvx2(const char* packed, size_t count, uint64_t base,
                                                         uint64_t* out) {
  const char* const end = packed + count * kWidth / 8;
  const __m256i bases = _mm256_set1_epi64x(static_cast<int64_t>(base));
  size_t i = 0;
  for (; i + 8 <= count && packed + kWidth / 2 + 16 <= end; i += 8, packed += kWidth) {
    UnpackFour<kWidth, 0>(packed, bases, out + i);
    UnpackFour<kWidth, 4>(packed, bases, out + i + 4);
  }
  UnpackWidth<kWidth>(packed, count - i, base, out + i);
}

template <size_t... kWidth>
constexpr Unpackers MakeAvx2Unpackers(std::index_sequence<kWidth...>) {
  Unpackers unpackers = kPlainUnpackers;
  ((unpackers[kWidth + 1] = UnpackWidthWithAvx2<static_cast<int>(kWidth + 1)>), ...);
  return unpackers;
}
constexpr Unpackers kAvx2Unpackers = MakeAvx2Unpackers(std::make_index_sequence<kFourWidthMax>());

const Unpackers& UnpackersOfThisMachine() {
  __builtin_cpu_init();  // may run before main
  return __builtin_cpu_supports("avx2") ? kAvx2Unpackers : kPlainUnpackers;
}

#else

const Unpackers& UnpackersOfThisMachine() { return kPlainUnpackers; }

#endif

const Unpackers& kUnpackers = UnpackersOfThisMachine();

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
