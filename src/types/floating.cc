#include "types/floating.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "base/error/sql_error.h"
#include "types/integer.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

template <typename T>
T ReadNumber(const char* start, char** end) {
  if constexpr (sizeof(T) == 4) return std::strtof(start, end);
  return std::strtod(start, end);
}

// strtod takes everything PostgreSQL does: decimal, hexadecimal, inf, infinity, nan, nan(...).
template <typename T>
T ParsePrefix(std::string_view text, const char* type, std::string_view whole, size_t* used) {
  const std::string copy(text);
  const char* start = copy.c_str();
  while (IsBlank(*start)) ++start;
  if (*start == '\0') ThrowInvalidSyntax(type, whole);
  char* end = nullptr;
  errno = 0;
  const T value = ReadNumber<T>(start, &end);
  if (end == start) ThrowInvalidSyntax(type, whole);
  if (errno == ERANGE && (value == 0 || std::isinf(value))) {
    throw SqlError(SqlState::kNumericValueOutOfRange,
                   fmt::format("\"{}\" is out of range for type {}",
                               std::string_view(start, end - start),
                               sizeof(T) == 4 ? "real" : "double precision"));
  }
  while (IsBlank(*end)) ++end;
  *used = end - copy.c_str();
  return value;
}

template <typename T>
T ParseWhole(std::string_view text, const char* type) {
  const char* const first = text.data();
  const char* const last = first + text.size();
  const bool plain = !text.empty() && ((*first >= '0' && *first <= '9') ||
                                       (*first == '-' && text.size() > 1 && first[1] >= '0' &&
                                        first[1] <= '9'));
  if (plain) {  // the road of nearly every value; anything unusual takes the other
    T value;
    const auto result = std::from_chars(first, last, value);
    if (result.ec == std::errc() && result.ptr == last) return value;
  }
  size_t used = 0;
  const T value = ParsePrefix<T>(text, type, text, &used);
  if (used != text.size()) ThrowInvalidSyntax(type, text);
  return value;
}

// A number as digits x 10^exponent, the point after the first digit.
struct Scientific {
  char digits[20];
  int digit_count = 0;
  int exponent = 0;
};

Scientific Split(const char* text, const char* end) {
  Scientific parts;
  const char* at = text;
  for (; at < end && *at != 'e'; ++at) {
    if (*at != '.') parts.digits[parts.digit_count++] = *at;
  }
  if (at < end) {
    ++at;
    if (*at == '+') ++at;
    std::from_chars(at, end, parts.exponent);
  }
  return parts;
}

// True when the decimal lies exactly between `value` and a neighbour: it still reads back (ties go
// to even), but PostgreSQL does not use such a decimal and takes one digit more.
template <typename T>
bool IsHalfway(const Scientific& decimal, T value) {
  constexpr int kMantissaBits = std::numeric_limits<T>::digits;
  const int power = decimal.exponent - (decimal.digit_count - 1);
  if (power < -1 || power > 23) return false;  // no such decimal is a midpoint
  unsigned __int128 number = 0;
  for (int i = 0; i < decimal.digit_count; ++i) number = number * 10 + (decimal.digits[i] - '0');
  int binary = 0;
  const double fraction = std::frexp(static_cast<double>(value), &binary);
  const auto mantissa = static_cast<uint64_t>(std::ldexp(fraction, kMantissaBits));
  const int exponent = binary - kMantissaBits;  // value = mantissa * 2^exponent
  // number * 5^power * 2^power == (4 * mantissa + offset) * 2^(exponent - 2)
  unsigned __int128 midpoint_scale = 1;
  for (int i = 0; i < power; ++i) number *= 5;
  if (power < 0) midpoint_scale = 5;
  const int shift = exponent - 2 - power;  // number == midpoint * 2^shift
  for (const int offset : {2, -2, -1}) {
    if (offset == -1 && mantissa != (uint64_t{1} << (kMantissaBits - 1))) continue;
    const unsigned __int128 midpoint = (static_cast<unsigned __int128>(mantissa) * 4 + offset) *
                                       midpoint_scale;
    if (shift >= 0 ? (shift < 64 && (midpoint << shift) >> shift == midpoint &&
                      number == midpoint << shift)
                   : (shift > -64 && number << -shift == midpoint &&
                      (number << -shift) >> -shift == number)) {
      return true;
    }
  }
  return false;
}

void AppendScientific(std::string& out, const Scientific& number, int fixed_digits) {
  const int exponent = number.exponent;
  const std::string_view digits(number.digits, number.digit_count);
  if (exponent < -4 || exponent >= fixed_digits) {
    out += digits[0];
    if (digits.size() > 1) {
      out += '.';
      out += digits.substr(1);
    }
    out += 'e';
    out += exponent < 0 ? '-' : '+';
    const int magnitude = std::abs(exponent);
    if (magnitude < 10) out += '0';
    AppendInteger(out, magnitude);
  } else if (exponent < 0) {
    out += "0.";
    out.append(-exponent - 1, '0');
    out += digits;
  } else if (number.digit_count <= exponent + 1) {
    out += digits;
    out.append(exponent + 1 - number.digit_count, '0');
  } else {
    out += digits.substr(0, exponent + 1);
    out += '.';
    out += digits.substr(exponent + 1);
  }
}

template <typename T>
void AppendFloat(std::string& out, T value, int extra_float_digits) {
  constexpr int kDigits = std::numeric_limits<T>::digits10;  // 15 or 6
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::signbit(value)) {
    out += '-';
    value = -value;
  }
  if (std::isinf(value)) {
    out += "Infinity";
    return;
  }
  if (value == 0) {
    out += '0';
    return;
  }
  char buffer[64];
  if (extra_float_digits <= 0) {
    const int digits = std::max(kDigits + extra_float_digits, 1);
    const int size = std::snprintf(buffer, sizeof(buffer), "%.*g", digits, static_cast<double>(value));
    out.append(buffer, size);
    return;
  }
  auto result = std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific);
  Scientific number = Split(buffer, result.ptr);
  for (int decimals = number.digit_count; IsHalfway(number, value); ++decimals) {
    T reads_back;
    do {
      result = std::to_chars(buffer, buffer + sizeof(buffer), value,
                             std::chars_format::scientific, decimals);
      std::from_chars(buffer, result.ptr, reads_back);
    } while (reads_back != value && ++decimals < 17);
    number = Split(buffer, result.ptr);
  }
  AppendScientific(out, number, kDigits);
}

}  // namespace

double ParseFloat8(std::string_view text) { return ParseWhole<double>(text, "double precision"); }
float ParseFloat4(std::string_view text) { return ParseWhole<float>(text, "real"); }

double ParseFloat8Prefix(std::string_view text, const char* type, std::string_view whole,
                         size_t* used) {
  return ParsePrefix<double>(text, type, whole, used);
}

void AppendFloat8(std::string& out, double value, int extra_float_digits) {
  AppendFloat(out, value, extra_float_digits);
}

void AppendFloat4(std::string& out, float value, int extra_float_digits) {
  AppendFloat(out, value, extra_float_digits);
}

}  // namespace grizzly::types
