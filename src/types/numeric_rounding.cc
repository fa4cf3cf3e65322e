// numeric: rounding, truncating, display scales, and the numeric(p,s) of a column.
#include <fmt/format.h>

#include <algorithm>

#include "base/error/sql_error.h"
#include "types/numeric.h"
#include "types/numeric_decimal.h"

namespace grizzly::types {
namespace {

constexpr int kResultScaleMax = kNumericScaleMax;  // of round() and trunc()

// A power of ten that int64 holds.
constexpr int64_t SmallPower(int exponent) {
  return static_cast<int64_t>(kInt128PowersOfTen[exponent]);
}

StringRef Rescale(NumericRef value, int32_t scale, bool round, Arena& arena) {
  if (value.is_special()) return StringRef::Copy(value.bytes(), arena);
  scale = std::clamp(scale, -kResultScaleMax, kResultScaleMax);
  if (value.is_small() && scale >= 0) {
    const int cut = value.scale() - scale;
    if (cut == 0) return StringRef::Copy(value.bytes(), arena);
    if (cut > 0 && cut <= 18) {
      const int64_t power = SmallPower(cut);
      int64_t result = value.small_value() / power;
      const int64_t rest = value.small_value() % power;
      if (round && rest >= power - rest) ++result;
      if (round && -rest >= power + rest) --result;
      return MakeSmallNumeric(result, scale);
    }
    if (cut < 0 && -cut <= 18 ) {
      return NumericFromInt128(value.small_value() * kInt128PowersOfTen[-cut], scale, arena);
    }
  }
  Decimal decimal = UnpackNumeric(value);
  if (round) {
    RoundDecimal(decimal, scale);
  } else {
    TruncateDecimal(decimal, scale);
  }
  if (decimal.scale < 0) RoundDecimal(decimal, 0);  // the zeros before the point come back
  return PackNumeric(decimal, arena);
}

// The next integer in the direction, as ceil (1) and floor (-1).
StringRef ToInteger(NumericRef value, int direction, Arena& arena) {
  if (value.is_special()) return StringRef::Copy(value.bytes(), arena);
  Decimal decimal = UnpackNumeric(value);
  const mpz_class power = PowerOfTen(decimal.scale);
  if (direction > 0) {
    mpz_cdiv_q(decimal.unscaled.get_mpz_t(), decimal.unscaled.get_mpz_t(), power.get_mpz_t());
  } else {
    mpz_fdiv_q(decimal.unscaled.get_mpz_t(), decimal.unscaled.get_mpz_t(), power.get_mpz_t());
  }
  decimal.scale = 0;
  return PackNumeric(decimal, arena);
}

[[noreturn]] void ThrowFieldOverflow(std::string detail) {
  throw SqlError(SqlState::kNumericValueOutOfRange, "numeric field overflow")
      .Detail(std::move(detail));
}

}  // namespace

StringRef NumericRound(NumericRef value, int32_t scale, Arena& arena) {
  return Rescale(value, scale, /*round=*/true, arena);
}

StringRef NumericTruncate(NumericRef value, int32_t scale, Arena& arena) {
  return Rescale(value, scale, /*round=*/false, arena);
}

StringRef NumericCeil(NumericRef value, Arena& arena) { return ToInteger(value, 1, arena); }
StringRef NumericFloor(NumericRef value, Arena& arena) { return ToInteger(value, -1, arena); }

int NumericMinScale(NumericRef value) {
  if (value.is_zero()) return 0;
  int scale = value.scale();
  if (value.is_small()) {
    int64_t unscaled = value.small_value();
    for (; scale > 0 && unscaled % 10 == 0; --scale) unscaled /= 10;
    return scale;
  }
  const std::string digits = UnpackNumeric(value).unscaled.get_str();
  for (size_t at = digits.size(); scale > 0 && digits[at - 1] == '0'; --at) --scale;
  return scale;
}

StringRef NumericTrimScale(NumericRef value, Arena& arena) {
  if (value.is_special()) return StringRef::Copy(value.bytes(), arena);
  Decimal decimal = UnpackNumeric(value);
  TruncateDecimal(decimal, NumericMinScale(value));
  return PackNumeric(decimal, arena);
}

StringRef ApplyNumericTypmod(NumericRef value, int32_t typmod, Arena& arena) {
  if (typmod < 4 || value.is_nan()) return StringRef::Copy(value.bytes(), arena);
  const int precision = NumericTypmodPrecision(typmod);
  const int scale = NumericTypmodScale(typmod);
  if (value.is_infinite()) {
    ThrowFieldOverflow(fmt::format(
        "A field with precision {}, scale {} cannot hold an infinite value.", precision, scale));
  }
  const int digits_max = precision - scale;  // before the point; below zero when scale > precision
  if (value.is_small() && scale >= 0 && value.scale() <= scale && scale - value.scale() <= 18) {
    const Int128 unscaled = value.small_value() * kInt128PowersOfTen[scale - value.scale()];
    const Int128 limit = kInt128PowersOfTen[std::min(precision, 38)];
    if (unscaled < limit && unscaled > -limit) return NumericFromInt128(unscaled, scale, arena);
  }
  Decimal decimal = UnpackNumeric(value);
  RoundDecimal(decimal, scale);
  if (decimal.sign() != 0 && LeadingExponent(decimal) + 1 > digits_max) {
    ThrowFieldOverflow(fmt::format(
        "A field with precision {}, scale {} must round to an absolute value less than {}{}.",
        precision, scale, digits_max != 0 ? "10^" : "", digits_max != 0 ? digits_max : 1));
  }
  if (decimal.scale < 0) RoundDecimal(decimal, 0);
  return PackNumeric(decimal, arena);
}

}  // namespace grizzly::types
