// What the date and time types share: units, limits, broken-down time, errors.
//
// date is days since 2000-01-01 (int32); timestamp and timestamptz are microseconds since
// 2000-01-01 00:00 (UTC for timestamptz); time is microseconds since midnight.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "types/civil_date.h"
#include "types/io_settings.h"
#include "types/time_zone.h"

namespace grizzly::types {

inline constexpr int64_t kUsPerSecond = 1'000'000;
inline constexpr int64_t kUsPerMinute = 60 * kUsPerSecond;
inline constexpr int64_t kUsPerHour = 60 * kUsPerMinute;
inline constexpr int64_t kUsPerDay = 24 * kUsPerHour;
inline constexpr int64_t kUnixEpochUs = kUnixEpochDay * kUsPerDay;  // 1970, in our counting
inline constexpr int64_t kSecondsFrom1970To2000 = -kUnixEpochDay * int64_t{86400};

inline constexpr int64_t kTimestampInfinity = std::numeric_limits<int64_t>::max();
inline constexpr int64_t kTimestampNegativeInfinity = std::numeric_limits<int64_t>::min();
inline constexpr int32_t kDateInfinity = std::numeric_limits<int32_t>::max();
inline constexpr int32_t kDateNegativeInfinity = std::numeric_limits<int32_t>::min();

inline constexpr int64_t kTimestampMin = -211'813'488'000'000'000;  // 4714-11-24 BC
inline constexpr int64_t kTimestampEnd = 9'223'371'331'200'000'000;  // 294277-01-01, exclusive
inline constexpr int32_t kDateMin = -kJulianDayOf2000;               // 4714-11-24 BC
inline constexpr int32_t kDateEnd = 2'145'031'949;                   // 5874898-01-01, exclusive

constexpr bool IsValidTimestamp(int64_t us) { return us >= kTimestampMin && us < kTimestampEnd; }
constexpr bool IsFiniteTimestamp(int64_t us) {
  return us != kTimestampInfinity && us != kTimestampNegativeInfinity;
}
constexpr bool IsValidDate(int64_t day) { return day >= kDateMin && day < kDateEnd; }
constexpr bool IsFiniteDate(int32_t day) {
  return day != kDateInfinity && day != kDateNegativeInfinity;
}
// Dates whose Julian day fits the calendar routines.
constexpr bool IsValidJulian(int32_t year, int32_t month, int32_t) {
  return (year > -4713 || (year == -4713 && month >= 11)) &&
         (year < 5874898 || (year == 5874898 && month < 6));
}

constexpr int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

// A point on the calendar and the clock, taken apart.
struct DateTimeFields {
  int32_t year = 0;  // astronomical
  int32_t month = 0;
  int32_t day = 0;
  int32_t hour = 0;
  int32_t minute = 0;
  int32_t second = 0;
  int32_t microsecond = 0;
  int32_t weekday = 0;      // while reading: what a day name said
  int32_t day_of_year = 0;  // while reading: of a yyyy.ddd date
};

int64_t TimeOfDay(const DateTimeFields& fields);  // µs
void SetTimeOfDay(DateTimeFields& fields, int64_t us);
// A local timestamp taken apart. Finite values only.
DateTimeFields SplitTimestamp(int64_t us);
// False when it lies outside the range of timestamp.
bool JoinTimestamp(const DateTimeFields& fields, int64_t* us);

// The zone of the settings, UTC when there is none.
const TimeZone& ZoneOf(const IoSettings& settings);
// The offset, east, at that timestamptz.
ZoneOffset OffsetAt(const TimeZone& zone, int64_t timestamptz_us);
// The offset, east, of a local time.
ZoneOffset OffsetOfLocal(const TimeZone& zone, const DateTimeFields& local);
// timestamptz to the local timestamp and back; infinities stay. Throw 22008.
int64_t TimestampTzToLocal(int64_t us, const TimeZone& zone);
int64_t LocalToTimestampTz(int64_t us, const TimeZone& zone);

// Rounds to `precision` decimals of a second, 0 to 6; other precisions and infinities stay.
int64_t RoundToPrecision(int64_t us, int32_t precision);

[[noreturn]] void ThrowTimestampOutOfRange();
[[noreturn]] void ThrowDateOutOfRange();
[[noreturn]] void ThrowIntervalOutOfRange();

}  // namespace grizzly::types
