#include "types/fixed_point.h"

#include <cmath>

namespace grizzly::types {
namespace {

// atanh(1 / n) for an integer n > 1.
mpz_class InverseAtanh(unsigned long n, unsigned bits) {
  mpz_class power = (mpz_class(1) << bits) / n;
  mpz_class sum = power;
  const unsigned long square = n * n;
  for (unsigned long k = 3; power != 0; k += 2) {
    power /= square;
    sum += power / k;
  }
  return sum;
}

// ln 2 = 18 atanh(1/26) - 2 atanh(1/4801) + 8 atanh(1/8749)
mpz_class Ln2(unsigned bits) {
  const unsigned wide = bits + 16;
  const mpz_class sum =
      18 * InverseAtanh(26, wide) - 2 * InverseAtanh(4801, wide) + 8 * InverseAtanh(8749, wide);
  return sum >> 16;
}

// Halvings of the argument that make the series about as long as the way back.
unsigned HalvingsFor(unsigned bits) {
  return static_cast<unsigned>(std::sqrt(static_cast<double>(bits))) / 2 + 4;
}

}  // namespace

mpz_class ToFixedPoint(const mpz_class& value, const mpz_class& divisor, unsigned bits) {
  return (value << bits) / divisor;
}

mpz_class FixedPointExp(const mpz_class& x, unsigned bits) {
  const unsigned halvings = HalvingsFor(bits);
  const unsigned wide = bits + halvings + 32;
  // x = k ln 2 + r, e^x = 2^k e^r, 0 <= r < ln 2
  const mpz_class scaled = x << (wide - bits);
  const mpz_class ln2 = Ln2(wide + 24);
  mpz_class k;
  const mpz_class ln2_wide = ln2 >> 24;
  mpz_fdiv_q(k.get_mpz_t(), scaled.get_mpz_t(), ln2_wide.get_mpz_t());
  const mpz_class r = scaled - ((k * ln2) >> 24);
  const mpz_class reduced = r >> halvings;
  mpz_class term = mpz_class(1) << wide;
  mpz_class sum = term;
  for (unsigned long n = 1; term != 0; ++n) {
    term = ((term * reduced) >> wide) / n;
    sum += term;
  }
  for (unsigned i = 0; i < halvings; ++i) sum = (sum * sum) >> wide;
  const long shift = k.get_si() - static_cast<long>(wide - bits);
  return shift >= 0 ? mpz_class(sum << shift) : mpz_class(sum >> -shift);
}

mpz_class FixedPointLn(const mpz_class& numerator, const mpz_class& denominator, unsigned bits) {
  const unsigned roots = HalvingsFor(bits);
  const unsigned wide = bits + roots + 32;
  // numerator / denominator = f * 2^n with f near 1
  const long n = static_cast<long>(mpz_sizeinbase(numerator.get_mpz_t(), 2)) -
                 static_cast<long>(mpz_sizeinbase(denominator.get_mpz_t(), 2));
  mpz_class f = n >= 0 ? ToFixedPoint(numerator, denominator << n, wide)
                       : ToFixedPoint(numerator << -n, denominator, wide);
  // f^(1/2^roots) is closer to 1 still.
  for (unsigned i = 0; i < roots; ++i) {
    f <<= wide;
    mpz_sqrt(f.get_mpz_t(), f.get_mpz_t());
  }
  // ln f = 2 atanh((f - 1) / (f + 1))
  const mpz_class one = mpz_class(1) << wide;
  const mpz_class y = ((f - one) << wide) / (f + one);
  const mpz_class square = (y * y) >> wide;
  mpz_class power = y;
  mpz_class sum = y;
  for (unsigned long k = 3; power != 0; k += 2) {
    power = (power * square) >> wide;
    if (power == -1) break;  // a negative number shifted right stops at -1
    sum += power / k;
  }
  sum <<= roots + 1;
  sum += n * Ln2(wide);
  return sum >> (wide - bits);
}

}  // namespace grizzly::types
