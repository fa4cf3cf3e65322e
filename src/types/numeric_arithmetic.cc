// Add, subtract, multiply, divide, modulo: int64 and int128 where they reach, GMP beyond.
#include "types/numeric.h"
#include "types/numeric_decimal.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

constexpr int kSignificantDigitsMin = 16;  // a quotient shows at least so many
constexpr int kQuotientScaleMax = 1000;

// Both small: at one scale, as int128. False when the scales are too far apart.
bool AlignSmall(NumericRef a, NumericRef b, Int128* left, Int128* right, int* scale) {
  if (!a.is_small() || !b.is_small()) return false;
  *left = a.small_value();
  *right = b.small_value();
  const int difference = a.scale() - b.scale();
  *scale = std::max(a.scale(), b.scale());
  if (difference == 0) return true;
  if (difference > 18 || difference < -18) return false;
  if (difference > 0) {
    *right *= kInt128PowersOfTen[difference];
  } else {
    *left *= kInt128PowersOfTen[-difference];
  }
  return true;
}

bool IsInfinite(const Decimal& value) {
  return value.kind == NumericKind::kInfinity || value.kind == NumericKind::kNegativeInfinity;
}

int SignOf(const Decimal& value) {
  if (value.kind == NumericKind::kInfinity) return 1;
  if (value.kind == NumericKind::kNegativeInfinity) return -1;
  return value.sign();
}

Decimal SlowAdd(Decimal a, Decimal b) {
  if (a.kind == NumericKind::kNan || b.kind == NumericKind::kNan) return {NumericKind::kNan};
  if (IsInfinite(a) && IsInfinite(b) && a.kind != b.kind) return {NumericKind::kNan};
  if (IsInfinite(a)) return a;
  if (IsInfinite(b)) return b;
  AlignScales(a, b);
  a.unscaled += b.unscaled;
  return a;
}

Decimal Negated(Decimal value) {
  if (value.kind == NumericKind::kInfinity) {
    value.kind = NumericKind::kNegativeInfinity;
  } else if (value.kind == NumericKind::kNegativeInfinity) {
    value.kind = NumericKind::kInfinity;
  }
  value.unscaled = -value.unscaled;
  return value;
}

Decimal InfinityOfSign(int sign) {
  return {sign < 0 ? NumericKind::kNegativeInfinity : NumericKind::kInfinity};
}

Decimal SlowMultiply(const Decimal& a, const Decimal& b) {
  if (a.kind == NumericKind::kNan || b.kind == NumericKind::kNan) return {NumericKind::kNan};
  if (IsInfinite(a) || IsInfinite(b)) {
    const int sign = SignOf(a) * SignOf(b);
    return sign == 0 ? Decimal{NumericKind::kNan} : InfinityOfSign(sign);
  }
  Decimal product;
  product.unscaled = a.unscaled * b.unscaled;
  product.scale = a.scale + b.scale;
  if (product.scale > kNumericScaleMax) RoundDecimal(product, kNumericScaleMax);
  return product;
}

// What NaN and infinities make of a quotient; nullopt when both are finite. `divisor` zero throws.
std::optional<Decimal> SpecialQuotient(const Decimal& a, const Decimal& b) {
  if (a.kind == NumericKind::kNan || b.kind == NumericKind::kNan) return Decimal{NumericKind::kNan};
  if (b.is_finite() && b.sign() == 0) ThrowDivisionByZero();
  if (IsInfinite(a)) {
    return IsInfinite(b) ? Decimal{NumericKind::kNan} : InfinityOfSign(SignOf(a) * SignOf(b));
  }
  if (IsInfinite(b)) return Decimal{};
  return std::nullopt;
}

// The leading base-10000 digit.
int LeadingBaseDigit(const Decimal& value) {
  if (value.sign() == 0) return 0;
  const int shift = value.scale + BaseWeight(value) * 4;
  const mpz_class magnitude = abs(value.unscaled);
  const mpz_class digit = shift >= 0 ? mpz_class(magnitude / PowerOfTen(shift))
                                     : mpz_class(magnitude * PowerOfTen(-shift));
  return static_cast<int>(digit.get_si());
}

int QuotientScale(int weight_a, int first_a, int weight_b, int first_b, int scale_a, int scale_b) {
  int weight = weight_a - weight_b;
  if (first_a <= first_b) --weight;
  const int wanted = std::max({kSignificantDigitsMin - weight * 4, scale_a, scale_b, 0});
  return std::min(wanted, kQuotientScaleMax);
}

Decimal SlowDivide(const Decimal& a, const Decimal& b) {
  if (const auto special = SpecialQuotient(a, b)) return *special;
  const int scale = QuotientScale(BaseWeight(a), LeadingBaseDigit(a), BaseWeight(b),
                                  LeadingBaseDigit(b), a.scale, b.scale);
  Decimal quotient;
  quotient.scale = scale;
  const int shift = scale + b.scale - a.scale;  // a * 10^shift / b, in units of 10^-scale
  quotient.unscaled = shift >= 0 ? DivideRounded(a.unscaled * PowerOfTen(shift), b.unscaled)
                                 : DivideRounded(a.unscaled, b.unscaled * PowerOfTen(-shift));
  return quotient;
}

struct LeadingDigit {
  int weight = 0;
  int first = 0;
};

// The same of a small value, without GMP.
LeadingDigit SmallLeadingDigit(int64_t unscaled, int scale) {
  if (unscaled == 0) return {};
  const int padding = (4 - scale % 4) % 4;
  auto magnitude = static_cast<unsigned __int128>(unscaled < 0 ? -unscaled : unscaled) *
                   static_cast<unsigned __int128>(kInt128PowersOfTen[padding]);
  int weight = -(scale + padding) / 4;
  while (magnitude >= 10000) {
    magnitude /= 10000;
    ++weight;
  }
  return {weight, static_cast<int>(magnitude)};
}

// a * 10^shift / b rounded half away, by long division in 64-bit steps. False when it overflows.
bool DivideSmall(int64_t a, int64_t b, int shift, Int128* result) {
  const bool negative = (a < 0) != (b < 0);
  const auto divisor = static_cast<uint64_t>(b < 0 ? -b : b);
  const auto dividend = static_cast<uint64_t>(a < 0 ? -a : a);
  unsigned __int128 quotient = dividend / divisor;
  uint64_t rest = dividend % divisor;
  constexpr auto kLimit = static_cast<unsigned __int128>(kInt128PowersOfTen[19]);
  while (shift > 0) {
    const int step = std::min(shift, 18);
    if (quotient >= kLimit) return false;
    const auto power = static_cast<uint64_t>(kInt128PowersOfTen[step]);
    const unsigned __int128 wide = static_cast<unsigned __int128>(rest) * power;
    quotient = quotient * power + wide / divisor;
    rest = static_cast<uint64_t>(wide % divisor);
    shift -= step;
  }
  if (rest >= divisor - rest) ++quotient;
  *result = negative ? -static_cast<Int128>(quotient) : static_cast<Int128>(quotient);
  return true;
}

}  // namespace

StringRef NumericAdd(NumericRef a, NumericRef b, Arena& arena) {
  Int128 left, right;
  int scale;
  if (AlignSmall(a, b, &left, &right, &scale)) [[likely]] {
    return NumericFromInt128(left + right, scale, arena);
  }
  return PackNumeric(SlowAdd(UnpackNumeric(a), UnpackNumeric(b)), arena);
}

StringRef NumericSubtract(NumericRef a, NumericRef b, Arena& arena) {
  Int128 left, right;
  int scale;
  if (AlignSmall(a, b, &left, &right, &scale)) [[likely]] {
    return NumericFromInt128(left - right, scale, arena);
  }
  return PackNumeric(SlowAdd(UnpackNumeric(a), Negated(UnpackNumeric(b))), arena);
}

StringRef NumericMultiply(NumericRef a, NumericRef b, Arena& arena) {
  if (a.is_small() && b.is_small()) [[likely]] {
    return NumericFromInt128(static_cast<Int128>(a.small_value()) * b.small_value(),
                             a.scale() + b.scale(), arena);
  }
  return PackNumeric(SlowMultiply(UnpackNumeric(a), UnpackNumeric(b)), arena);
}

StringRef NumericDivide(NumericRef a, NumericRef b, Arena& arena) {
  if (a.is_small() && b.is_small()) [[likely]] {
    if (b.small_value() == 0) ThrowDivisionByZero();
    const LeadingDigit of_a = SmallLeadingDigit(a.small_value(), a.scale());
    const LeadingDigit of_b = SmallLeadingDigit(b.small_value(), b.scale());
    const int scale =
        QuotientScale(of_a.weight, of_a.first, of_b.weight, of_b.first, a.scale(), b.scale());
    const int shift = scale + b.scale() - a.scale();
    Int128 quotient;
    if (shift >= 0 && DivideSmall(a.small_value(), b.small_value(), shift, &quotient)) {
      return NumericFromInt128(quotient, scale, arena);
    }
  }
  return PackNumeric(SlowDivide(UnpackNumeric(a), UnpackNumeric(b)), arena);
}

StringRef NumericDivideTruncated(NumericRef a, NumericRef b, Arena& arena) {
  Decimal left = UnpackNumeric(a);
  Decimal right = UnpackNumeric(b);
  if (const auto special = SpecialQuotient(left, right)) return PackNumeric(*special, arena);
  AlignScales(left, right);
  Decimal quotient;
  quotient.unscaled = left.unscaled / right.unscaled;
  return PackNumeric(quotient, arena);
}

StringRef NumericModulo(NumericRef a, NumericRef b, Arena& arena) {
  Int128 small_left, small_right;
  int scale;
  if (AlignSmall(a, b, &small_left, &small_right, &scale)) {
    if (small_right == 0) ThrowDivisionByZero();
    return NumericFromInt128(small_left % small_right, scale, arena);
  }
  Decimal left = UnpackNumeric(a);
  Decimal right = UnpackNumeric(b);
  if (const auto special = SpecialQuotient(left, right)) {
    // Only a finite value has a rest: itself, for an infinite divisor.
    if (left.is_finite() && IsInfinite(right)) return PackNumeric(left, arena);
    return NumericNan();
  }
  AlignScales(left, right);
  left.unscaled %= right.unscaled;
  return PackNumeric(left, arena);
}

StringRef NumericNegate(NumericRef a, Arena& arena) {
  if (a.is_small()) return MakeSmallNumeric(-a.small_value(), a.scale());
  return PackNumeric(Negated(UnpackNumeric(a)), arena);
}

StringRef NumericAbs(NumericRef a, Arena& arena) {
  if (a.sign() < 0) return NumericNegate(a, arena);
  return StringRef::Copy(a.bytes(), arena);
}

StringRef NumericSign(NumericRef a) {
  if (a.is_nan()) return NumericNan();
  return MakeSmallNumeric(a.sign(), 0);
}

}  // namespace grizzly::types
