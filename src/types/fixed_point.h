// exp and ln to any precision, in binary fixed point. For numeric_math.cc only.
//
// A fixed-point number is an integer f that stands for f / 2^bits.
#pragma once

#include <gmpxx.h>

namespace grizzly::types {

// round(value * 2^bits / divisor)
mpz_class ToFixedPoint(const mpz_class& value, const mpz_class& divisor, unsigned bits);
// e^x; the absolute error is below 2^-(bits - 16) relative to the result. |x| below 2^20.
mpz_class FixedPointExp(const mpz_class& x, unsigned bits);
// ln(numerator / denominator), both positive; absolute error below 2^-(bits - 16).
mpz_class FixedPointLn(const mpz_class& numerator, const mpz_class& denominator, unsigned bits);

}  // namespace grizzly::types
