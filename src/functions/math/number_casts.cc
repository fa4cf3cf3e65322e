// Casts between machine numbers. Floats round half to even, as rint() does.
//
// ERRORS  22003 <type> out of range
#include <cmath>
#include <limits>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/value_error.h"

namespace grizzly::functions {
namespace {

template <typename T>
const char* NameOf() {
  return sizeof(T) == 2 ? "smallint" : (sizeof(T) == 4 ? "integer" : "bigint");
}

template <typename To, typename From>
To Widen(From value) {
  return static_cast<To>(value);
}

template <typename To, typename From>
To Narrow(From value) {
  const To result = static_cast<To>(value);
  if (result != value) types::ThrowTypeOutOfRange(NameOf<To>());
  return result;
}

template <typename To, typename From>
To RoundToInteger(From value) {
  const From rounded = std::rint(value);
  // The upper bound itself is a power of two that To does not hold; NaN fails both comparisons.
  constexpr From kLow = static_cast<From>(std::numeric_limits<To>::min());
  if (!(rounded >= kLow && rounded < -kLow)) types::ThrowTypeOutOfRange(NameOf<To>());
  return static_cast<To>(rounded);
}

float DoubleToFloat(double value) {
  const float result = static_cast<float>(value);
  if (std::isinf(result) && !std::isinf(value)) types::ThrowFloatOverflow();
  if (result == 0 && value != 0) types::ThrowFloatUnderflow();
  return result;
}

uint32_t Int8ToOid(int64_t value) {
  if (value < 0 || value > std::numeric_limits<uint32_t>::max()) types::ThrowTypeOutOfRange("OID");
  return static_cast<uint32_t>(value);
}
int8_t Int4ToChar(int32_t value) {
  if (value < -128 || value > 127) types::ThrowTypeOutOfRange("\"char\"");
  return static_cast<int8_t>(value);
}
bool Int4ToBool(int32_t value) { return value != 0; }

}  // namespace

void RegisterNumberCasts(Registry& registry) {
  registry.AddScalar("i2toi4", Scalar<&Widen<int32_t, int16_t>>);
  registry.AddScalar("i4toi2", Scalar<&Narrow<int16_t, int32_t>>);
  registry.AddScalar("int28", Scalar<&Widen<int64_t, int16_t>>);
  registry.AddScalar("int48", Scalar<&Widen<int64_t, int32_t>>);
  registry.AddScalar("int82", Scalar<&Narrow<int16_t, int64_t>>);
  registry.AddScalar("int84", Scalar<&Narrow<int32_t, int64_t>>);
  registry.AddScalar("i2tod", Scalar<&Widen<double, int16_t>>);
  registry.AddScalar("i4tod", Scalar<&Widen<double, int32_t>>);
  registry.AddScalar("i8tod", Scalar<&Widen<double, int64_t>>);
  registry.AddScalar("i2tof", Scalar<&Widen<float, int16_t>>);
  registry.AddScalar("i4tof", Scalar<&Widen<float, int32_t>>);
  registry.AddScalar("i8tof", Scalar<&Widen<float, int64_t>>);
  registry.AddScalar("ftod", Scalar<&Widen<double, float>>);
  registry.AddScalar("dtof", Scalar<&DoubleToFloat>);
  registry.AddScalar("dtoi2", Scalar<&RoundToInteger<int16_t, double>>);
  registry.AddScalar("dtoi4", Scalar<&RoundToInteger<int32_t, double>>);
  registry.AddScalar("dtoi8", Scalar<&RoundToInteger<int64_t, double>>);
  registry.AddScalar("ftoi2", Scalar<&RoundToInteger<int16_t, float>>);
  registry.AddScalar("ftoi4", Scalar<&RoundToInteger<int32_t, float>>);
  registry.AddScalar("ftoi8", Scalar<&RoundToInteger<int64_t, float>>);
  registry.AddScalar("oidtoi8", Scalar<&Widen<int64_t, uint32_t>>);
  registry.AddScalar("i8tooid", Scalar<&Int8ToOid>);
  registry.AddScalar("i4tochar", Cold<&Int4ToChar>);
  registry.AddScalar("chartoi4", Cold<&Widen<int32_t, int8_t>>);
  registry.AddScalar("int4_bool", Scalar<&Int4ToBool>);
  registry.AddScalar("bool_int4", Scalar<&Widen<int32_t, bool>>);
}

}  // namespace grizzly::functions
