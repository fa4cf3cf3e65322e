#include "types/numeric.h"

#include "types/hash_bytes.h"
#include "types/numeric_decimal.h"

namespace grizzly::types {
namespace {

// Base-10000 digits of any finite value, without zeros first or last. A small value's are made
// on the stack: 18 digits and up to 38 places of scale are at most 15 groups.
struct DigitView {
  int sign = 0;
  int weight = 0;
  int count = 0;
  uint16_t small_digits[16];
  const char* big_digits = nullptr;

  explicit DigitView(NumericRef value) {
    if (value.is_small()) {
      FillSmall(value.small_value(), value.scale());
      return;
    }
    const std::string_view bytes = value.bytes();
    int16_t stored_weight;
    std::memcpy(&stored_weight, bytes.data() + 4, 2);
    weight = stored_weight;
    count = static_cast<int>((bytes.size() - 6) / 2);
    big_digits = bytes.data() + 6;
    sign = count == 0 ? 0 : (value.kind() == NumericKind::kBig ? 1 : -1);
  }

  uint16_t digit(int i) const {
    if (big_digits == nullptr) return small_digits[i];
    uint16_t digit;
    std::memcpy(&digit, big_digits + 2 * i, 2);
    return digit;
  }

 private:
  void FillSmall(int64_t unscaled, int scale) {
    if (unscaled == 0) return;
    sign = unscaled < 0 ? -1 : 1;
    // Up to three places more make the scale a multiple of four; 10^18 * 10^3 needs 70 bits.
    const int padding = (4 - scale % 4) % 4;
    auto magnitude = static_cast<unsigned __int128>(unscaled < 0 ? -unscaled : unscaled) *
                     static_cast<unsigned __int128>(kInt128PowersOfTen[padding]);
    int group = -(scale + padding) / 4;  // weight of the lowest group
    uint16_t reversed[16];
    int filled = 0;
    while (magnitude != 0) {
      const auto digit = static_cast<uint16_t>(magnitude % 10000);
      magnitude /= 10000;
      if (filled != 0 || digit != 0) reversed[filled++] = digit;
      weight = group++;
    }
    count = filled;
    for (int i = 0; i < count; ++i) small_digits[i] = reversed[count - 1 - i];
  }
};

int CompareDigits(const DigitView& a, const DigitView& b) {
  if (a.sign != b.sign) return a.sign < b.sign ? -1 : 1;
  if (a.sign == 0) return 0;
  if (a.weight != b.weight) return (a.weight < b.weight) == (a.sign > 0) ? -1 : 1;
  const int shared = std::min(a.count, b.count);
  for (int i = 0; i < shared; ++i) {
    if (a.digit(i) != b.digit(i)) return (a.digit(i) < b.digit(i)) == (a.sign > 0) ? -1 : 1;
  }
  if (a.count == b.count) return 0;
  return (a.count < b.count) == (a.sign > 0) ? -1 : 1;
}

// -Infinity, finite, Infinity, NaN
int SpecialRank(NumericRef value) {
  switch (value.kind()) {
    case NumericKind::kNegativeInfinity: return 0;
    case NumericKind::kInfinity: return 2;
    case NumericKind::kNan: return 3;
    default: return 1;
  }
}

}  // namespace

int NumericRef::sign() const {
  switch (kind()) {
    case NumericKind::kSmall: {
      const int64_t value = small_value();
      return value > 0 ? 1 : (value < 0 ? -1 : 0);
    }
    case NumericKind::kBig: return bytes_.size() > 6 ? 1 : 0;
    case NumericKind::kNegativeBig:
    case NumericKind::kNegativeInfinity: return -1;
    default: return 1;
  }
}

StringRef NumericNan() {
  const char byte = static_cast<char>(NumericKind::kNan);
  return StringRef(std::string_view(&byte, 1));
}

StringRef NumericInfinity(bool negative) {
  const char byte =
      static_cast<char>(negative ? NumericKind::kNegativeInfinity : NumericKind::kInfinity);
  return StringRef(std::string_view(&byte, 1));
}

StringRef NumericFromInt128(Int128 unscaled, int scale, Arena& arena) {
  if (FitsSmallNumeric(unscaled) && scale <= kNumericSmallScaleMax) {
    return MakeSmallNumeric(static_cast<int64_t>(unscaled), scale);
  }
  Decimal decimal;
  decimal.unscaled = Int128ToBig(unscaled);
  decimal.scale = scale;
  return PackNumeric(decimal, arena);
}

StringRef NumericFromInt8(int64_t value, Arena& arena) {
  return NumericFromInt128(value, 0, arena);
}

bool NumericToInt128(NumericRef value, Int128* unscaled, int* scale) {
  if (value.is_special()) return false;
  *scale = value.scale();
  if (value.is_small()) {
    *unscaled = value.small_value();
    return true;
  }
  const Decimal decimal = UnpackNumeric(value);
  if (DecimalDigits(decimal.unscaled) > 38) return false;
  unsigned __int128 magnitude = 0;
  mpz_export(&magnitude, nullptr, -1, sizeof(magnitude), 0, 0, decimal.unscaled.get_mpz_t());
  *unscaled = decimal.sign() < 0 ? -static_cast<Int128>(magnitude) : static_cast<Int128>(magnitude);
  return true;
}

int NumericCompare(NumericRef a, NumericRef b) {
  if (a.is_small() && b.is_small()) [[likely]] {
    Int128 left = a.small_value();
    Int128 right = b.small_value();
    const int difference = a.scale() - b.scale();
    if (difference >= -19 && difference <= 19) {
      if (difference > 0) right *= kInt128PowersOfTen[difference];
      if (difference < 0) left *= kInt128PowersOfTen[-difference];
      return left < right ? -1 : (left > right ? 1 : 0);
    }
  }
  if (a.is_special() || b.is_special()) {
    const int left = SpecialRank(a);
    const int right = SpecialRank(b);
    return left < right ? -1 : (left > right ? 1 : 0);
  }
  return CompareDigits(DigitView(a), DigitView(b));
}

uint64_t NumericHash(NumericRef value) {
  if (value.is_special()) return HashWord(static_cast<uint64_t>(value.kind()) + 1000);
  if (value.is_small() && value.scale() <= 18) {
    // 18 places after the point are a form that every scale up to 18 shares.
    const Int128 shared = static_cast<Int128>(value.small_value()) *
                          kInt128PowersOfTen[18 - value.scale()];
    return MixHash(static_cast<uint64_t>(shared), static_cast<uint64_t>(shared >> 64));
  }
  const DigitView view(value);
  // The same value may come in the form above: up to 18 digits before the point and 18 after it.
  const int lowest = view.weight - view.count + 1;
  Int128 shared = 0;
  if (lowest >= -5 && view.weight <= 4) {  // at most 20 + 20 digits: fits 128 bits at 10^-20 only
    bool fits = true;                      // when the leading groups are short, which is checked
    for (int i = 0; i < view.count && fits; ++i) {
      fits = !__builtin_mul_overflow(shared, Int128{10000}, &shared) &&
             !__builtin_add_overflow(shared, Int128{view.digit(i)}, &shared);
    }
    for (int group = lowest; group > -5 && fits; --group) {
      fits = !__builtin_mul_overflow(shared, Int128{10000}, &shared);
    }
    if (fits && shared % 100 == 0 && shared / 100 < kInt128PowersOfTen[36]) {
      shared /= 100;
      if (view.sign < 0) shared = -shared;
      return MixHash(static_cast<uint64_t>(shared), static_cast<uint64_t>(shared >> 64));
    }
  }
  uint64_t hash = HashWord(static_cast<uint64_t>(view.weight) * 4 + (view.sign + 1));
  for (int i = 0; i < view.count; ++i) hash = CombineHash(hash, view.digit(i));
  return hash;
}

}  // namespace grizzly::types
