#include "types/bit_string.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error/sql_error.h"
#include "types/text.h"

namespace grizzly::types {
namespace {

void CheckLength(uint32_t bit_count, bool is_varying, int32_t typmod) {
  if (is_varying && bit_count > static_cast<uint32_t>(typmod)) {
    throw SqlError(SqlState::kStringDataRightTruncation,
                   fmt::format("bit string too long for type bit varying({})", typmod));
  }
  if (!is_varying && bit_count != static_cast<uint32_t>(typmod)) {
    throw SqlError(SqlState::kStringDataLengthMismatch,
                   fmt::format("bit string length {} does not match type bit({})", bit_count,
                               typmod));
  }
}

[[noreturn]] void ThrowBadDigit(std::string_view text, size_t at, const char* kind) {
  throw SqlError(SqlState::kInvalidTextRepresentation,
                 fmt::format("\"{}\" is not a valid {} digit",
                             text.substr(at, Utf8CharBytes(text[at])), kind));
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

StringRef MakeBitString(uint32_t bit_count, std::string bits, Arena& arena) {
  bits.resize((bit_count + 7) / 8);
  if (bit_count % 8 != 0) bits.back() = static_cast<char>(bits.back() & (0xFF << (8 - bit_count % 8)));
  bits.insert(0, reinterpret_cast<const char*>(&bit_count), 4);
  return StringRef::Copy(bits, arena);
}

StringRef ParseBitString(std::string_view text, bool is_varying, int32_t typmod, Arena& arena) {
  const bool is_hex = !text.empty() && (text[0] == 'x' || text[0] == 'X');
  if (is_hex || (!text.empty() && (text[0] == 'b' || text[0] == 'B'))) text.remove_prefix(1);
  const auto bit_count = static_cast<uint32_t>(text.size() * (is_hex ? 4 : 1));
  if (typmod >= 0) CheckLength(bit_count, is_varying, typmod);
  std::string bits((bit_count + 7) / 8, '\0');
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_hex) {
      const int value = HexValue(text[i]);
      if (value < 0) ThrowBadDigit(text, i, "hexadecimal");
      bits[i / 2] = static_cast<char>(bits[i / 2] | (value << (i % 2 == 0 ? 4 : 0)));
    } else if (text[i] == '1') {
      bits[i / 8] = static_cast<char>(bits[i / 8] | (1 << (7 - i % 8)));
    } else if (text[i] != '0') {
      ThrowBadDigit(text, i, "binary");
    }
  }
  return MakeBitString(bit_count, std::move(bits), arena);
}

void AppendBitString(std::string& out, BitStringRef value) {
  for (uint32_t i = 0; i < value.bit_count(); ++i) out += value.bit(i) ? '1' : '0';
}

StringRef ApplyBitTypmod(const StringRef& value, bool is_varying, int32_t typmod, bool is_explicit,
                         Arena& arena) {
  const BitStringRef ref(value.view());
  const auto length = static_cast<uint32_t>(typmod);
  if (typmod <= 0 || typmod > kBitsMax || ref.bit_count() == length || (is_varying && ref.bit_count() < length)) {
    return value;
  }
  if (!is_explicit) CheckLength(ref.bit_count(), is_varying, typmod);
  return MakeBitString(length, std::string(ref.bits()), arena);
}

int CompareBitStrings(BitStringRef a, BitStringRef b) {
  const std::string_view left = a.bits();
  const std::string_view right = b.bits();
  const int order = std::memcmp(left.data(), right.data(), std::min(left.size(), right.size()));
  if (order != 0) return order;
  return a.bit_count() < b.bit_count() ? -1 : (a.bit_count() > b.bit_count() ? 1 : 0);
}

}  // namespace grizzly::types
