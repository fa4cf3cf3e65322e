// The working form of a numeric: any size, a GMP integer and a scale. For numeric_*.cc only.
#pragma once

#include <gmpxx.h>

#include "types/numeric.h"

namespace grizzly::types {

struct Decimal {
  NumericKind kind = NumericKind::kSmall;  // kSmall: finite; or kNan, kInfinity, kNegativeInfinity
  mpz_class unscaled;                      // value = unscaled / 10^scale
  int scale = 0;                           // never negative in a finished value

  bool is_finite() const { return kind == NumericKind::kSmall; }
  int sign() const { return sgn(unscaled); }
};

Decimal UnpackNumeric(NumericRef value);
// Chooses the small form where it fits. Throws 22003 beyond the limits.
StringRef PackNumeric(const Decimal& value, Arena& arena);
[[noreturn]] void ThrowNumericOverflow();

mpz_class PowerOfTen(unsigned exponent);
mpz_class Int128ToBig(Int128 value);
// Digits of |value|; 0 has none.
int DecimalDigits(const mpz_class& value);
// Exponent of the leading decimal digit: 0 for 1..9.99, -1 for 0.1. Nonzero values only.
inline int LeadingExponent(const Decimal& value) {
  return DecimalDigits(value.unscaled) - 1 - value.scale;
}
// Weight of the leading base-10000 digit; 0 for zero.
int BaseWeight(const Decimal& value);
// dividend / divisor, rounded half away from zero.
mpz_class DivideRounded(const mpz_class& dividend, const mpz_class& divisor);
// The same value with `scale` digits after the point, which may be negative here.
void RoundDecimal(Decimal& value, int scale);
void TruncateDecimal(Decimal& value, int scale);
// Both at the larger scale.
void AlignScales(Decimal& a, Decimal& b);

}  // namespace grizzly::types
