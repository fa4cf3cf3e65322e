// The typmod of interval: which fields ("day to second") and how many decimals of seconds.
#pragma once

#include <cstdint>
#include <string>

namespace grizzly::types {

// Bits of the field mask in the upper half of the typmod, PostgreSQL's numbers.
enum IntervalFieldBit : int32_t {
  kIntervalMonth = 1 << 1,
  kIntervalYear = 1 << 2,
  kIntervalDay = 1 << 3,
  kIntervalHour = 1 << 10,
  kIntervalMinute = 1 << 11,
  kIntervalSecond = 1 << 12,
};
inline constexpr int32_t kIntervalFullRange = 0x7FFF;
inline constexpr int32_t kIntervalFullPrecision = 0xFFFF;

constexpr int32_t IntervalTypmod(int32_t fields, int32_t precision) {
  return ((fields & 0x7FFF) << 16) | (precision & 0xFFFF);
}
constexpr int32_t IntervalFields(int32_t typmod) { return (typmod >> 16) & 0x7FFF; }
constexpr int32_t IntervalPrecision(int32_t typmod) { return typmod & 0xFFFF; }

// " year to month", " second(3)", "(3)"; empty for kNoTypmod. Throws XX000 for a mask of no meaning.
std::string IntervalTypmodSuffix(int32_t typmod);

// Throws XX000 for a mask of no meaning, 22023 for too many decimals; a call of interval(value, typmod) may have any.
void CheckIntervalTypmod(int32_t typmod);

}  // namespace grizzly::types
