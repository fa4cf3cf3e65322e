// numeric: roots, exponentials, logarithms, powers, and the integer functions.
//
// Results show at least 16 significant digits and no fewer decimals than the arguments, at most
// 1000: the scales are PostgreSQL's; the digits come correctly rounded.
#include <algorithm>
#include <cmath>

#include "base/error/sql_error.h"
#include "types/fixed_point.h"
#include "types/numeric.h"
#include "types/numeric_decimal.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

constexpr int kSignificantDigitsMin = 16;
constexpr int kResultScaleMax = 1000;
constexpr double kLog10OfE = 0.434294481903252;
constexpr double kBitsPerDigit = 3.3219280948873626;
constexpr int kGuardDigits = 12;
constexpr int kExponentLimit = 2000;  // of e^x: beyond three times this it overflows for sure

int ClampScale(int wanted, int scale_a, int scale_b = 0) {
  return std::min(std::max({wanted, scale_a, scale_b, 0}), kResultScaleMax);
}

unsigned BitsFor(int digits) {
  return static_cast<unsigned>(std::max(digits, 1) * kBitsPerDigit) + 32;
}

// The fixed-point number, rounded to `scale` decimals.
Decimal FromFixedPoint(const mpz_class& value, unsigned bits, int scale) {
  Decimal result;
  result.scale = scale;
  result.unscaled = DivideRounded(value * PowerOfTen(scale), mpz_class(1) << bits);
  return result;
}

double ToDouble(const Decimal& value) {
  if (value.sign() == 0) return 0;
  long binary = 0;
  const double fraction = mpz_get_d_2exp(&binary, value.unscaled.get_mpz_t());
  const double log10_value = std::log10(std::fabs(fraction)) + binary * 0.30102999566398120 -
                             value.scale;
  if (value.scale < 300 && log10_value > -300 && log10_value < 300 && binary < 1000) {
    return std::ldexp(fraction, static_cast<int>(binary)) / std::pow(10.0, value.scale);
  }
  return (value.sign() < 0 ? -1 : 1) * std::pow(10.0, log10_value);
}

Decimal Zero(int scale) {
  Decimal zero;
  zero.scale = scale;
  return zero;
}

Decimal One(int scale) {
  Decimal one;
  one.unscaled = PowerOfTen(scale);
  one.scale = scale;
  return one;
}

// Decimal weight of ln(value), for positive values.
int EstimateLnWeight(const Decimal& value) {
  if (value.sign() <= 0) return 0;
  // Between 0.9 and 1.1, ln(1 + x) is about x.
  const mpz_class one = PowerOfTen(value.scale);
  if (10 * value.unscaled >= 9 * one && 10 * value.unscaled <= 11 * one) {
    Decimal x;
    x.unscaled = value.unscaled - one;
    x.scale = value.scale;
    return x.sign() == 0 ? 0 : LeadingExponent(x);
  }
  // Elsewhere the first two base-10000 digits say enough.
  const int weight = BaseWeight(value) * 4;
  const int shift = value.scale + weight - 4;
  const mpz_class digits = shift >= 0 ? mpz_class(value.unscaled / PowerOfTen(shift))
                                      : mpz_class(value.unscaled * PowerOfTen(-shift));
  const double ln = std::log(digits.get_d()) + (weight - 4) * 2.302585092994046;
  return static_cast<int>(std::log10(std::fabs(ln)));
}

// ln with an absolute error far below 10^-digits, as fixed point.
mpz_class LnFixed(const Decimal& value, unsigned bits) {
  return FixedPointLn(value.unscaled, PowerOfTen(value.scale), bits);
}

// e^(x / 2^bits_of_x), rounded to `scale`. `weight` estimates its decimal exponent.
Decimal ExpToScale(const mpz_class& x, unsigned bits_of_x, int weight, int scale) {
  const unsigned bits = BitsFor(scale + kGuardDigits + std::max(weight, 0));
  const mpz_class argument = bits >= bits_of_x ? mpz_class(x << (bits - bits_of_x))
                                               : mpz_class(x >> (bits_of_x - bits));
  return FromFixedPoint(FixedPointExp(argument, bits), bits, scale);
}

[[noreturn]] void ThrowBadLogarithm(int sign) {
  throw SqlError(SqlState::kInvalidArgumentForLog,
                 sign == 0 ? "cannot take logarithm of zero"
                           : "cannot take logarithm of a negative number");
}

bool IsInfinite(const Decimal& value) { return !value.is_finite() && value.kind != NumericKind::kNan; }
bool IsNan(const Decimal& value) { return value.kind == NumericKind::kNan; }

int SignOf(const Decimal& value) {
  if (value.kind == NumericKind::kInfinity) return 1;
  if (value.kind == NumericKind::kNegativeInfinity) return -1;
  return value.sign();
}

Decimal Sqrt(const Decimal& value) {
  const int weight = (BaseWeight(value) + 1) * 2 - 1;
  const int scale = ClampScale(kSignificantDigitsMin - weight, value.scale);
  // One digit more, floored, decides the rounding.
  const int shift = 2 * (scale + 1) - value.scale;
  mpz_class square = shift >= 0 ? mpz_class(value.unscaled * PowerOfTen(shift))
                                : mpz_class(value.unscaled / PowerOfTen(-shift));
  Decimal root;
  mpz_sqrt(root.unscaled.get_mpz_t(), square.get_mpz_t());
  root.scale = scale + 1;
  RoundDecimal(root, scale);
  return root;
}

Decimal Exp(const Decimal& value) {
  const double approximate = ToDouble(value);
  const double weight = std::clamp(approximate * kLog10OfE, -double{kExponentLimit},
                                   double{kExponentLimit});
  const int scale = ClampScale(kSignificantDigitsMin - static_cast<int>(weight), value.scale);
  if (std::fabs(approximate) >= kExponentLimit * 3) {
    if (approximate > 0) ThrowNumericOverflow();
    return Zero(scale);
  }
  const int digits = scale + kGuardDigits + std::max(static_cast<int>(approximate * kLog10OfE), 0);
  const unsigned bits = BitsFor(digits);
  return ExpToScale(ToFixedPoint(value.unscaled, PowerOfTen(value.scale), bits), bits,
                    static_cast<int>(approximate * kLog10OfE), scale);
}

Decimal Ln(const Decimal& value) {
  const int scale = ClampScale(kSignificantDigitsMin - EstimateLnWeight(value), value.scale);
  const unsigned bits = BitsFor(scale + kGuardDigits);
  return FromFixedPoint(LnFixed(value, bits), bits, scale);
}

Decimal Log(const Decimal& base, const Decimal& value) {
  const int base_weight = EstimateLnWeight(base);
  const int value_weight = EstimateLnWeight(value);
  const int weight = value_weight - base_weight;
  const int scale = ClampScale(kSignificantDigitsMin - weight, base.scale, value.scale);
  const int digits = scale + std::abs(base_weight) * 2 + std::abs(value_weight) + 2 * kGuardDigits;
  const unsigned bits = BitsFor(digits);
  const mpz_class ln_base = LnFixed(base, bits);
  if (ln_base == 0) ThrowDivisionByZero();
  Decimal result;
  result.scale = scale;
  result.unscaled = DivideRounded(LnFixed(value, bits) * PowerOfTen(scale), ln_base);
  return result;
}

// base^exponent by squaring, keeping the digits that matter to `scale` decimals.
Decimal IntegerPower(const Decimal& base, int64_t exponent, int scale) {
  if (exponent == 0) return One(scale);
  if (base.sign() == 0) {
    if (exponent < 0) ThrowDivisionByZero();
    return Zero(scale);
  }
  const double base_log10 = std::log10(std::fabs(ToDouble(
      {NumericKind::kSmall, base.unscaled, DecimalDigits(base.unscaled)}))) +
      DecimalDigits(base.unscaled) - base.scale;
  const double weight = static_cast<double>(exponent) * base_log10;
  if (weight > (kNumericWeightMax + 1) * 4.0) ThrowNumericOverflow();
  if (weight + 1 < -scale || weight + 1 < -kResultScaleMax) return Zero(scale);
  const int digits = std::max(static_cast<int>(weight), -scale) + scale + 32;
  // mantissa * 10^power
  const auto trim = [digits](mpz_class& mantissa, int64_t& power) {
    const int excess = static_cast<int>(mpz_sizeinbase(mantissa.get_mpz_t(), 10)) - digits;
    if (excess <= 8) return;
    mantissa /= PowerOfTen(excess);
    power += excess;
  };
  mpz_class factor = abs(base.unscaled), product = 1;
  int64_t factor_power = -base.scale, product_power = 0;
  for (auto bits = static_cast<uint64_t>(std::llabs(exponent)); bits != 0; bits >>= 1) {
    if (bits & 1) {
      product *= factor;
      product_power += factor_power;
      trim(product, product_power);
    }
    if (bits > 1) {
      factor *= factor;
      factor_power *= 2;
      trim(factor, factor_power);
    }
  }
  Decimal result;
  result.scale = scale;
  const int64_t shift = exponent > 0 ? product_power + scale : scale - product_power;
  mpz_class dividend = exponent > 0 ? product : mpz_class(1);
  mpz_class divisor = exponent > 0 ? mpz_class(1) : product;
  (shift >= 0 ? dividend : divisor) *= PowerOfTen(static_cast<unsigned>(std::llabs(shift)));
  result.unscaled = DivideRounded(dividend, divisor);
  if (base.sign() < 0 && exponent % 2 != 0) result.unscaled = -result.unscaled;
  return result;
}

bool IsInteger(const Decimal& value) {
  return value.scale == 0 || value.unscaled % PowerOfTen(value.scale) == 0;
}
bool IsOddInteger(const Decimal& value) {
  return mpz_odd_p(mpz_class(value.unscaled / PowerOfTen(value.scale)).get_mpz_t()) != 0;
}

[[noreturn]] void ThrowComplexPower() {
  throw SqlError(SqlState::kInvalidArgumentForPowerFunction,
                 "a negative number raised to a non-integer power yields a complex result");
}

Decimal Power(const Decimal& base, const Decimal& exponent) {
  if (IsInteger(exponent)) {
    const mpz_class whole = exponent.unscaled / PowerOfTen(exponent.scale);
    if (whole.fits_sint_p()) {
      return IntegerPower(base, whole.get_si(), ClampScale(kSignificantDigitsMin, base.scale));
    }
  }
  if (base.sign() == 0) return Zero(kSignificantDigitsMin);
  Decimal positive = base;
  bool negate = false;
  if (base.sign() < 0) {
    if (!IsInteger(exponent)) ThrowComplexPower();
    negate = IsOddInteger(exponent);
    positive.unscaled = -positive.unscaled;
  }
  // base^exponent = e^(exponent ln base); a first look at its size decides scale and precision.
  const int ln_weight = EstimateLnWeight(positive);
  const unsigned rough_bits = BitsFor(16 - std::min(ln_weight, 0));
  const Decimal rough_ln = FromFixedPoint(LnFixed(positive, rough_bits), rough_bits,
                                          std::max(8 - ln_weight, 0));
  Decimal rough;
  rough.unscaled = rough_ln.unscaled * exponent.unscaled;
  rough.scale = rough_ln.scale + exponent.scale;
  RoundDecimal(rough, rough_ln.scale);
  const double argument = ToDouble(rough);
  if (std::fabs(argument) > kExponentLimit * 3.01) {
    if (argument > 0) ThrowNumericOverflow();
    return Zero(kResultScaleMax);
  }
  const int weight = static_cast<int>(argument * kLog10OfE);
  const int scale = ClampScale(kSignificantDigitsMin - weight, base.scale, exponent.scale);
  const int exponent_digits = std::max(DecimalDigits(exponent.unscaled) - exponent.scale, 0);
  const unsigned bits =
      BitsFor(scale + std::max(weight, 0) + exponent_digits + 2 * kGuardDigits);
  const mpz_class ln = LnFixed(positive, bits);
  Decimal result = ExpToScale(ln * exponent.unscaled / PowerOfTen(exponent.scale), bits, weight,
                              scale);
  if (negate) result.unscaled = -result.unscaled;
  return result;
}

// What IEEE and POSIX say of NaN and infinities in pow(); at least one argument is special.
StringRef SpecialPower(const Decimal& base, const Decimal& exponent) {
  const StringRef one = MakeSmallNumeric(1, 0);
  const StringRef zero = MakeSmallNumeric(0, 0);
  const auto is_one = [](const Decimal& d) {
    return d.is_finite() && d.unscaled == PowerOfTen(d.scale);
  };
  if (IsNan(base)) {
    return exponent.is_finite() && exponent.sign() == 0 ? one : NumericNan();
  }
  if (IsNan(exponent)) return is_one(base) ? one : NumericNan();
  if (SignOf(base) == 0 && SignOf(exponent) < 0) {
    throw SqlError(SqlState::kInvalidArgumentForPowerFunction,
                   "zero raised to a negative power is undefined");
  }
  if (IsInfinite(exponent)) {
    if (is_one(base)) return one;
    if (base.is_finite()) {
      const int order = cmp(abs(base.unscaled), PowerOfTen(base.scale));
      if (order == 0) return one;  // -1
      return (order > 0) == (SignOf(exponent) > 0) ? NumericInfinity(false) : zero;
    }
    return SignOf(exponent) > 0 ? NumericInfinity(false) : zero;
  }
  // The base is infinite, the exponent finite.
  if (exponent.sign() == 0) return one;
  if (SignOf(base) > 0) return exponent.sign() > 0 ? NumericInfinity(false) : zero;
  if (!IsInteger(exponent)) ThrowComplexPower();
  if (exponent.sign() < 0) return zero;
  return NumericInfinity(IsOddInteger(exponent));
}

void RequirePositive(const Decimal& value) {
  if (SignOf(value) <= 0) ThrowBadLogarithm(SignOf(value));
}

}  // namespace

StringRef NumericSqrt(NumericRef value, Arena& arena) {
  const Decimal decimal = UnpackNumeric(value);
  if (IsNan(decimal)) return NumericNan();
  if (SignOf(decimal) < 0) {
    throw SqlError(SqlState::kInvalidArgumentForPowerFunction,
                   "cannot take square root of a negative number");
  }
  return PackNumeric(IsInfinite(decimal) ? decimal : Sqrt(decimal), arena);
}

StringRef NumericExp(NumericRef value, Arena& arena) {
  const Decimal decimal = UnpackNumeric(value);
  if (decimal.kind == NumericKind::kNegativeInfinity) return MakeSmallNumeric(0, 0);
  return PackNumeric(decimal.is_finite() ? Exp(decimal) : decimal, arena);
}

StringRef NumericLn(NumericRef value, Arena& arena) {
  const Decimal decimal = UnpackNumeric(value);
  if (IsNan(decimal)) return NumericNan();
  RequirePositive(decimal);
  return PackNumeric(decimal.is_finite() ? Ln(decimal) : decimal, arena);
}

StringRef NumericLog(NumericRef base, NumericRef value, Arena& arena) {
  const Decimal of_base = UnpackNumeric(base);
  const Decimal of_value = UnpackNumeric(value);
  if (IsNan(of_base) || IsNan(of_value)) return NumericNan();
  RequirePositive(of_base);
  RequirePositive(of_value);
  if (IsInfinite(of_base)) {
    return IsInfinite(of_value) ? NumericNan() : MakeSmallNumeric(0, 0);
  }
  if (IsInfinite(of_value)) return NumericInfinity(false);
  return PackNumeric(Log(of_base, of_value), arena);
}

StringRef NumericPower(NumericRef base, NumericRef exponent, Arena& arena) {
  const Decimal of_base = UnpackNumeric(base);
  const Decimal of_exponent = UnpackNumeric(exponent);
  if (!of_base.is_finite() || !of_exponent.is_finite()) return SpecialPower(of_base, of_exponent);
  if (of_base.sign() == 0 && of_exponent.sign() < 0) return SpecialPower(of_base, of_exponent);
  return PackNumeric(Power(of_base, of_exponent), arena);
}

StringRef NumericGcd(NumericRef a, NumericRef b, Arena& arena) {
  if (a.is_special() || b.is_special()) return NumericNan();
  Decimal left = UnpackNumeric(a);
  Decimal right = UnpackNumeric(b);
  AlignScales(left, right);
  left.unscaled = gcd(left.unscaled, right.unscaled);
  return PackNumeric(left, arena);
}

StringRef NumericLcm(NumericRef a, NumericRef b, Arena& arena) {
  if (a.is_special() || b.is_special()) return NumericNan();
  Decimal left = UnpackNumeric(a);
  Decimal right = UnpackNumeric(b);
  AlignScales(left, right);
  left.unscaled = lcm(left.unscaled, right.unscaled);
  return PackNumeric(left, arena);
}

StringRef NumericFactorial(int64_t n, Arena& arena) {
  constexpr int64_t kFactorialMax = 32177;  // the last that has at most 131072 digits
  if (n < 0) {
    throw SqlError(SqlState::kNumericValueOutOfRange,
                   "factorial of a negative number is undefined");
  }
  if (n > kFactorialMax) ThrowNumericOverflow();
  Decimal result;
  mpz_fac_ui(result.unscaled.get_mpz_t(), static_cast<unsigned long>(n));
  return PackNumeric(result, arena);
}

int32_t NumericWidthBucket(NumericRef operand, NumericRef low, NumericRef high, int32_t count) {
  const auto fail = [](const char* message) {
    throw SqlError(SqlState::kInvalidArgumentForWidthBucketFunction, message);
  };
  if (count <= 0) fail("count must be greater than zero");
  if (operand.is_nan() || low.is_nan() || high.is_nan()) {
    fail("operand, lower bound, and upper bound cannot be NaN");
  }
  if (low.is_infinite() || high.is_infinite()) fail("lower and upper bounds must be finite");
  const int order = NumericCompare(low, high);
  if (order == 0) fail("lower bound cannot equal upper bound");
  const bool ascending = order < 0;
  const int to_low = NumericCompare(operand, low);
  const int to_high = NumericCompare(operand, high);
  const auto past_end = [count] {
    int32_t bucket;
    if (__builtin_add_overflow(count, 1, &bucket)) ThrowTypeOutOfRange("integer");
    return bucket;
  };
  if (ascending ? to_low < 0 : to_low > 0) return 0;
  if (ascending ? to_high >= 0 : to_high <= 0) return past_end();
  // floor((operand - low) * count / (high - low)) + 1
  Decimal of_operand = UnpackNumeric(operand);
  Decimal of_low = UnpackNumeric(low);
  Decimal of_high = UnpackNumeric(high);
  AlignScales(of_operand, of_low);
  AlignScales(of_low, of_high);
  AlignScales(of_operand, of_high);
  AlignScales(of_low, of_operand);
  const mpz_class distance = abs(of_operand.unscaled - of_low.unscaled);
  const mpz_class width = abs(of_high.unscaled - of_low.unscaled);
  return static_cast<int32_t>(mpz_class(distance * count / width).get_si()) + 1;
}

}  // namespace grizzly::types
