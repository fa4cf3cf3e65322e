// Roots, powers, logarithms, trigonometry in radians, rounding: float8 in, float8 out.
//
// ERRORS  2201F, 2201E, 22003 input is out of range / value out of range: overflow, underflow
#include <cmath>
#include <limits>
#include <numbers>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/math/float_order.h"
#include "types/value_error.h"

namespace grizzly::functions {
namespace {

[[noreturn]] void ThrowInputOutOfRange() {
  throw SqlError(SqlState::kNumericValueOutOfRange, "input is out of range");
}
[[noreturn]] void ThrowPower(const char* message) {
  throw SqlError(SqlState::kInvalidArgumentForPowerFunction, message);
}
void CheckLogarithm(double value) {
  if (value == 0) {
    throw SqlError(SqlState::kInvalidArgumentForLog, "cannot take logarithm of zero");
  }
  if (value < 0) {
    throw SqlError(SqlState::kInvalidArgumentForLog,
                   "cannot take logarithm of a negative number");
  }
}

double Sqrt(double value) {
  if (value < 0) ThrowPower("cannot take square root of a negative number");
  return std::sqrt(value);
}

// Powers where a side is infinite; the base is not NaN, 1 or 0 here.
double InfinitePower(double base, double exponent) {
  if (std::isinf(exponent)) {
    const double size = std::fabs(base);
    if (size == 1) return 1;
    return (exponent > 0) == (size > 1) ? std::numeric_limits<double>::infinity() : 0;
  }
  if (exponent == 0) return 1;
  if (base > 0) return exponent > 0 ? base : 0;
  const bool odd = std::fmod(exponent, 2) != 0;
  if (exponent > 0) return odd ? base : -base;
  return odd ? -0.0 : 0.0;
}

double Power(double base, double exponent) {
  if (std::isnan(base)) return exponent == 0 ? 1 : base;
  if (std::isnan(exponent)) return base == 1 ? 1 : exponent;
  if (base == 0 && exponent < 0) ThrowPower("zero raised to a negative power is undefined");
  if (base < 0 && std::floor(exponent) != exponent) {
    ThrowPower("a negative number raised to a non-integer power yields a complex result");
  }
  if (std::isinf(base) || std::isinf(exponent)) {
    return base == 0 && exponent > 0 ? 0 : InfinitePower(base, exponent);
  }
  const double result = std::pow(base, exponent);
  if (std::isinf(result)) types::ThrowFloatOverflow();
  if (result == 0 && base != 0) types::ThrowFloatUnderflow();
  return result;
}

double Exp(double value) {
  if (std::isnan(value)) return value;
  if (std::isinf(value)) return value > 0 ? value : 0;
  const double result = std::exp(value);
  if (std::isinf(result)) types::ThrowFloatOverflow();
  if (result == 0) types::ThrowFloatUnderflow();
  return result;
}
double Ln(double value) {
  CheckLogarithm(value);
  return std::log(value);
}
double Log10(double value) {
  CheckLogarithm(value);
  return std::log10(value);
}
double Cbrt(double value) { return std::cbrt(value); }
double Round(double value) { return std::rint(value); }
double Truncate(double value) { return std::trunc(value); }
double Ceil(double value) { return std::ceil(value); }
double Floor(double value) { return std::floor(value); }
double Sign(double value) { return value > 0 ? 1 : (value < 0 ? -1 : 0); }

template <double (*F)(double)>
double OfFinite(double value) {
  if (std::isinf(value)) ThrowInputOutOfRange();
  return F(value);
}
template <double (*F)(double)>
double OfUnit(double value) {
  if (value < -1 || value > 1) ThrowInputOutOfRange();
  return F(value);
}
template <double (*F)(double)>
double Any(double value) {
  return F(value);
}
double Cot(double value) { return 1 / std::tan(value); }
double Acosh(double value) {
  if (value < 1) ThrowInputOutOfRange();
  return std::acosh(value);
}
double Atanh(double value) {
  if (value < -1 || value > 1) ThrowInputOutOfRange();
  if (value == 1 || value == -1) return value * std::numeric_limits<double>::infinity();
  return std::atanh(value);
}
double Atan2(double y, double x) { return std::atan2(y, x); }

double Scaled(double value, double factor) {
  const double result = value * factor;
  if (std::isinf(result) && !std::isinf(value)) types::ThrowFloatOverflow();
  if (result == 0 && value != 0) types::ThrowFloatUnderflow();
  return result;
}
double Degrees(double radians) {
  const double result = radians / (std::numbers::pi / 180);
  if (std::isinf(result) && !std::isinf(radians)) types::ThrowFloatOverflow();
  if (result == 0 && radians != 0) types::ThrowFloatUnderflow();
  return result;
}
double Radians(double degrees) { return Scaled(degrees, std::numbers::pi / 180); }
double Pi() { return std::numbers::pi; }

[[noreturn]] void ThrowBucket(const char* message) {
  throw SqlError(SqlState::kInvalidArgumentForWidthBucketFunction, message);
}

int32_t WidthBucket(double operand, double low, double high, int32_t count) {
  if (count <= 0) ThrowBucket("count must be greater than zero");
  if (std::isnan(operand) || std::isnan(low) || std::isnan(high)) {
    ThrowBucket("operand, lower bound, and upper bound cannot be NaN");
  }
  if (std::isinf(low) || std::isinf(high)) ThrowBucket("lower and upper bounds must be finite");
  if (low == high) ThrowBucket("lower bound cannot equal upper bound");
  const bool rising = low < high;
  if (rising ? operand < low : operand > low) return 0;
  if (rising ? operand >= high : operand <= high) {
    int32_t above;
    if (__builtin_add_overflow(count, 1, &above)) types::ThrowTypeOutOfRange("integer");
    return above;
  }
  // Halved first where the span itself would overflow.
  double share = std::isinf(high - low)
                     ? (operand / 2 - low / 2) / (high / 2 - low / 2)
                     : (operand - low) / (high - low);
  int32_t bucket = static_cast<int32_t>(share * count);
  return (bucket >= count ? count - 1 : bucket) + 1;
}

}  // namespace

void RegisterFloatMath(Registry& registry) {
  registry.AddScalar("dsqrt", Scalar<&Sqrt>);
  registry.AddScalar("dcbrt", Cold<&Cbrt>);
  registry.AddScalar("dpow", Scalar<&Power>);
  registry.AddScalar("dexp", Cold<&Exp>);
  registry.AddScalar("dlog1", Cold<&Ln>);
  registry.AddScalar("dlog10", Cold<&Log10>);
  registry.AddScalar("dround", Scalar<&Round>);
  registry.AddScalar("dtrunc", Scalar<&Truncate>);
  registry.AddScalar("dceil", Scalar<&Ceil>);
  registry.AddScalar("dfloor", Scalar<&Floor>);
  registry.AddScalar("dsign", Scalar<&Sign>);
  registry.AddScalar("dsin", Cold<&OfFinite<std::sin>>);
  registry.AddScalar("dcos", Cold<&OfFinite<std::cos>>);
  registry.AddScalar("dtan", Cold<&OfFinite<std::tan>>);
  registry.AddScalar("dcot", Cold<&OfFinite<Cot>>);
  registry.AddScalar("dasin", Cold<&OfUnit<std::asin>>);
  registry.AddScalar("dacos", Cold<&OfUnit<std::acos>>);
  registry.AddScalar("datan", Cold<&Any<std::atan>>);
  registry.AddScalar("datan2", Cold<&Atan2>);
  registry.AddScalar("dsinh", Cold<&Any<std::sinh>>);
  registry.AddScalar("dcosh", Cold<&Any<std::cosh>>);
  registry.AddScalar("dtanh", Cold<&Any<std::tanh>>);
  registry.AddScalar("dasinh", Cold<&Any<std::asinh>>);
  registry.AddScalar("dacosh", Cold<&Acosh>);
  registry.AddScalar("datanh", Cold<&Atanh>);
  registry.AddScalar("degrees", Cold<&Degrees>);
  registry.AddScalar("radians", Cold<&Radians>);
  registry.AddScalar("dpi", Cold<&Pi>);
  registry.AddScalar("width_bucket_float8", Cold<&WidthBucket>);
}

}  // namespace grizzly::functions
