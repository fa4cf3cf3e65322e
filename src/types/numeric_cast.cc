// numeric to and from integers and floats.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/error/sql_error.h"
#include "types/floating.h"
#include "types/numeric.h"
#include "types/numeric_decimal.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

// Rounded half away from zero; nullopt when it does not fit.
std::optional<int64_t> RoundToInt8(NumericRef value) {
  if (value.is_small()) {
    const int scale = value.scale();
    const int64_t unscaled = value.small_value();
    if (scale == 0) return unscaled;
    if (scale > 18) return 0;
    const auto power = static_cast<int64_t>(kInt128PowersOfTen[scale]);
    const int64_t rest = unscaled % power;
    const int64_t whole = unscaled / power;
    if (rest >= power - rest) return whole + 1;
    if (-rest >= power + rest) return whole - 1;
    return whole;
  }
  Decimal decimal = UnpackNumeric(value);
  RoundDecimal(decimal, 0);
  if (!decimal.unscaled.fits_slong_p()) return std::nullopt;
  return decimal.unscaled.get_si();
}

template <typename T>
T ToInteger(NumericRef value, const char* type) {
  if (value.is_special()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot convert {} to {}", value.is_nan() ? "NaN" : "infinity", type));
  }
  const std::optional<int64_t> whole = RoundToInt8(value);
  if (!whole || *whole < std::numeric_limits<T>::min() || *whole > std::numeric_limits<T>::max()) {
    ThrowTypeOutOfRange(type);
  }
  return static_cast<T>(*whole);
}

// Doubles hold these exactly, so one division rounds correctly.
bool ToExactFloat8(NumericRef value, double* result) {
  constexpr int64_t kExact = int64_t{1} << 53;
  if (!value.is_small() || value.scale() > 22) return false;
  const int64_t unscaled = value.small_value();
  if (unscaled > kExact || unscaled < -kExact) return false;
  *result = static_cast<double>(unscaled) / static_cast<double>(kInt128PowersOfTen[value.scale()]);
  return true;
}

double SpecialToFloat8(NumericRef value) {
  if (value.is_nan()) return std::numeric_limits<double>::quiet_NaN();
  return value.sign() * std::numeric_limits<double>::infinity();
}

template <typename T>
StringRef FromFloat(T value, Arena& arena) {
  if (std::isnan(value)) return NumericNan();
  if (std::isinf(value)) return NumericInfinity(value < 0);
  const std::string text = fmt::format("{:.{}g}", value, std::numeric_limits<T>::digits10);
  return ParseNumeric(text, kNoTypmod, arena);
}

}  // namespace

int16_t NumericToInt2(NumericRef value) { return ToInteger<int16_t>(value, "smallint"); }
int32_t NumericToInt4(NumericRef value) { return ToInteger<int32_t>(value, "integer"); }
int64_t NumericToInt8(NumericRef value) { return ToInteger<int64_t>(value, "bigint"); }

std::optional<int64_t> NumericToInt8Checked(NumericRef value) {
  if (value.is_special()) return std::nullopt;
  return RoundToInt8(value);
}

double NumericToFloat8(NumericRef value) {
  if (value.is_special()) return SpecialToFloat8(value);
  double result;
  if (ToExactFloat8(value, &result)) return result;
  return ParseFloat8(NumericText(value));
}

float NumericToFloat4(NumericRef value) {
  if (value.is_special()) return static_cast<float>(SpecialToFloat8(value));
  return ParseFloat4(NumericText(value));
}

double NumericToFloat8Lossy(NumericRef value) {
  if (value.is_special()) return SpecialToFloat8(value);
  double result;
  if (ToExactFloat8(value, &result)) return result;
  return std::strtod(NumericText(value).c_str(), nullptr);
}

StringRef NumericFromFloat8(double value, Arena& arena) { return FromFloat(value, arena); }
StringRef NumericFromFloat4(float value, Arena& arena) { return FromFloat(value, arena); }

}  // namespace grizzly::types
