// bit and varbit: strings of bits.
//
// FORMAT  bytes of a StringRef: length in bits u32 (little-endian), then the bits, first one highest,
//         the last byte filled with zeros.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "types/string_ref.h"

namespace grizzly::types {

// PostgreSQL's VARBITMAXLEN. A longer length in a cast counts as none.
inline constexpr int32_t kBitsMax = 2'147'483'640;

class BitStringRef {
 public:
  explicit BitStringRef(std::string_view bytes) : bytes_(bytes) {}

  uint32_t bit_count() const {
    uint32_t count;
    std::memcpy(&count, bytes_.data(), 4);
    return count;
  }
  bool bit(uint32_t i) const {
    return ((static_cast<uint8_t>(bytes_[4 + i / 8]) >> (7 - i % 8)) & 1) != 0;
  }
  std::string_view bits() const { return bytes_.substr(4); }

 private:
  std::string_view bytes_;
};

// `bits` as above; what lies beyond bit_count is cleared.
StringRef MakeBitString(uint32_t bit_count, std::string bits, Arena& arena);
// 0101, B0101 or X1F. Throws 22P02; with a typmod, 22026 (bit) or 22001 (varbit).
StringRef ParseBitString(std::string_view text, bool is_varying, int32_t typmod, Arena& arena);
void AppendBitString(std::string& out, BitStringRef value);
// bit(n), varbit(n): an explicit cast cuts or pads with zeros, an assignment throws.
StringRef ApplyBitTypmod(const StringRef& value, bool is_varying, int32_t typmod, bool is_explicit,
                         Arena& arena);
// By bits, then by length.
int CompareBitStrings(BitStringRef a, BitStringRef b);

}  // namespace grizzly::types
