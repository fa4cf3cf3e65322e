#include "storage/key/numeric_key.h"

#include "base/error/sql_error.h"
#include "storage/key/ordered_key.h"
#include "types/numeric.h"

namespace grizzly::storage {
namespace {

using types::NumericKind;

constexpr char kNegativeInfinityMark = 0x10;
constexpr char kNegativeMark = 0x20;
constexpr char kZeroMark = 0x30;
constexpr char kPositiveMark = 0x40;
constexpr char kInfinityMark = 0x50;
constexpr char kNanMark = 0x60;

// `digits` are base 100, the first one not 0.
void AppendFinite(std::string* key, bool negative, int exponent, const uint8_t* digits,
                  size_t count) {
  while (count > 0 && digits[count - 1] == 0) --count;
  key->push_back(negative ? kNegativeMark : kPositiveMark);
  const size_t body = key->size();
  AppendBigEndian(key, FlipSign(static_cast<int16_t>(exponent)));
  for (size_t i = 0; i < count; ++i) key->push_back(static_cast<char>(digits[i] + 1));
  key->push_back(0);
  if (negative) Complement(key, body);
}

void AppendSmall(std::string* key, int64_t unscaled, int scale) {
  if (unscaled == 0) {
    key->push_back(kZeroMark);
    return;
  }
  const bool negative = unscaled < 0;
  uint64_t magnitude = negative ? -static_cast<uint64_t>(unscaled) : unscaled;
  if (scale % 2 != 0) {  // below 10^19: still fits
    magnitude *= 10;
    ++scale;
  }
  uint8_t digits[10];
  size_t count = 0;
  for (; magnitude > 0; magnitude /= 100) digits[9 - count++] = magnitude % 100;
  AppendFinite(key, negative, static_cast<int>(count) - scale / 2, digits + 10 - count, count);
}

// `tail` is weight:i16 digit:u16*, base 10000.
void AppendBig(std::string* key, bool negative, std::string_view tail) {
  int16_t weight;
  std::memcpy(&weight, tail.data(), sizeof(weight));
  tail.remove_prefix(sizeof(weight));
  std::string digits;
  digits.reserve(tail.size());
  for (; tail.size() >= 2; tail.remove_prefix(2)) {
    uint16_t digit;
    std::memcpy(&digit, tail.data(), sizeof(digit));
    digits.push_back(static_cast<char>(digit / 100));
    digits.push_back(static_cast<char>(digit % 100));
  }
  if (digits.empty()) {
    key->push_back(kZeroMark);
    return;
  }
  const size_t leading = digits[0] == 0 ? 1 : 0;
  const int exponent = 2 * (weight + 1) - static_cast<int>(leading);
  AppendFinite(key, negative, exponent, reinterpret_cast<const uint8_t*>(digits.data()) + leading,
               digits.size() - leading);
}

}  // namespace

void AppendNumericKey(std::string* key, std::string_view numeric_bytes) {
  constexpr size_t kBigHeadBytes = 4;  // kind, padding, scale:u16
  const types::NumericRef value(numeric_bytes);
  switch (value.kind()) {
    case NumericKind::kSmall: return AppendSmall(key, value.small_value(), value.scale());
    case NumericKind::kBig:
    case NumericKind::kNegativeBig:
      return AppendBig(key, value.kind() == NumericKind::kNegativeBig,
                       numeric_bytes.substr(kBigHeadBytes));
    case NumericKind::kNan: key->push_back(kNanMark); return;
    case NumericKind::kInfinity: key->push_back(kInfinityMark); return;
    case NumericKind::kNegativeInfinity: key->push_back(kNegativeInfinityMark); return;
  }
}

size_t NumericKeyBytes(std::string_view field, uint8_t complement) {
  const char mark = field.empty() ? 0 : static_cast<char>(field[0] ^ complement);
  if (mark != kNegativeMark && mark != kPositiveMark) return 1;
  const uint8_t flip = complement ^ (mark == kNegativeMark ? 0xFF : 0);
  const size_t end = field.find(static_cast<char>(flip), 3);
  if (end == std::string_view::npos) {
    throw SqlError(SqlState::kDataCorrupted, "stored key has a field without an end");
  }
  return end + 1;
}

}  // namespace grizzly::storage
