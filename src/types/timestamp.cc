#include "types/timestamp.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/error/sql_error.h"
#include "types/datetime_tokens.h"
#include "types/floating.h"

namespace grizzly::types {
namespace {

int Order(int64_t a, int64_t b) { return a < b ? -1 : (a > b ? 1 : 0); }

[[noreturn]] void ThrowOutOfRange(std::string message) {
  throw SqlError(SqlState::kDatetimeValueOutOfRange, std::move(message));
}

// What AT TIME ZONE's text names: a fixed offset, or a zone and maybe an abbreviation in it.
struct NamedZone {
  const TimeZone* zone = nullptr;
  int32_t seconds_east = 0;  // when there is no zone
  std::string abbreviation;  // upper case; empty: the zone's own time
};

NamedZone ResolveZone(std::string_view name) {
  std::string lower;
  for (const char c : name) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const TimeMeaning meaning = FindZoneAbbreviation(lower);
  NamedZone named;
  if (meaning.word == TimeWord::kZone) {
    named.seconds_east = meaning.value;
    return named;
  }
  named.zone = FindTimeZone(meaning.word == TimeWord::kDynamicZone ? meaning.zone : name);
  if (named.zone == nullptr) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("time zone \"{}\" not recognized", name));
  }
  if (meaning.word == TimeWord::kDynamicZone) {
    for (const char c : lower) {
      named.abbreviation += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
  }
  return named;
}

int64_t UnixSeconds(int64_t us) { return FloorDiv(us, kUsPerSecond) + kSecondsFrom1970To2000; }

int32_t OffsetAtInstant(const NamedZone& named, int64_t us) {
  if (named.zone == nullptr) return named.seconds_east;
  if (!named.abbreviation.empty()) {
    if (const auto meaning = named.zone->MeaningOf(named.abbreviation, UnixSeconds(us))) {
      return meaning->seconds_east;
    }
  }
  return OffsetAt(*named.zone, us).seconds_east;
}

}  // namespace

int64_t DateToTimestamp(int32_t date) {
  if (date == kDateInfinity) return kTimestampInfinity;
  if (date == kDateNegativeInfinity) return kTimestampNegativeInfinity;
  if (date >= kTimestampEnd / kUsPerDay) ThrowOutOfRange("date out of range for timestamp");
  return date * kUsPerDay;
}

int64_t DateToTimestampTz(int32_t date, const TimeZone& zone) {
  const int64_t local = DateToTimestamp(date);
  if (!IsFiniteTimestamp(local)) return local;
  const int64_t us =
      local - OffsetOfLocal(zone, SplitTimestamp(local)).seconds_east * kUsPerSecond;
  if (!IsValidTimestamp(us)) ThrowOutOfRange("date out of range for timestamp");
  return us;
}

int32_t TimestampToDate(int64_t timestamp) {
  if (timestamp == kTimestampInfinity) return kDateInfinity;
  if (timestamp == kTimestampNegativeInfinity) return kDateNegativeInfinity;
  return static_cast<int32_t>(FloorDiv(timestamp, kUsPerDay));
}

int64_t TimestampToTime(int64_t timestamp) {
  return timestamp - FloorDiv(timestamp, kUsPerDay) * kUsPerDay;
}

TimeTzValue TimestampTzToTimeTz(int64_t timestamptz, const TimeZone& zone) {
  const int32_t east = OffsetAt(zone, timestamptz).seconds_east;
  return {TimestampToTime(timestamptz + east * kUsPerSecond), -east};
}

TimeTzValue TimeToTimeTz(int64_t time, const IoSettings& settings) {
  const TimeZone& zone = ZoneOf(settings);
  DateTimeFields now = SplitTimestamp(TimestampTzToLocal(settings.transaction_time_us, zone));
  SetTimeOfDay(now, time);
  return {time, -OffsetOfLocal(zone, now).seconds_east};
}

TimeTzValue RoundTimeTz(const TimeTzValue& value, int32_t precision) {
  return {RoundToPrecision(value.microseconds, precision), value.zone_seconds};
}

TimeTzValue TimeTzAtOffset(const TimeTzValue& value, int32_t seconds_east) {
  const int64_t us =
      value.microseconds + (int64_t{value.zone_seconds} + seconds_east) * kUsPerSecond;
  return {us - FloorDiv(us, kUsPerDay) * kUsPerDay, -seconds_east};
}

int CompareTimeTz(const TimeTzValue& a, const TimeTzValue& b) {
  const int order = Order(a.microseconds + a.zone_seconds * kUsPerSecond,
                          b.microseconds + b.zone_seconds * kUsPerSecond);
  return order != 0 ? order : Order(a.zone_seconds, b.zone_seconds);
}

int CompareDateToTimestamp(int32_t date, int64_t timestamp) {
  if (IsFiniteDate(date) && date >= kTimestampEnd / kUsPerDay) {
    return timestamp == kTimestampInfinity ? -1 : 1;
  }
  return Order(DateToTimestamp(date), timestamp);
}

int CompareDateToTimestampTz(int32_t date, int64_t timestamptz, const TimeZone& zone) {
  if (!IsFiniteDate(date)) return Order(DateToTimestamp(date), timestamptz);
  if (date >= kTimestampEnd / kUsPerDay) return timestamptz == kTimestampInfinity ? -1 : 1;
  const int64_t local = DateToTimestamp(date);
  const int64_t us =
      local - OffsetOfLocal(zone, SplitTimestamp(local)).seconds_east * kUsPerSecond;
  if (us < kTimestampMin) return timestamptz == kTimestampNegativeInfinity ? 1 : -1;
  if (us >= kTimestampEnd) return timestamptz == kTimestampInfinity ? -1 : 1;
  return Order(us, timestamptz);
}

int32_t DateAddDays(int32_t date, int32_t days) {
  if (!IsFiniteDate(date)) return date;
  int32_t sum;
  if (__builtin_add_overflow(date, days, &sum) || !IsValidDate(sum)) ThrowDateOutOfRange();
  return sum;
}

int32_t DateSubtract(int32_t a, int32_t b) {
  if (!IsFiniteDate(a) || !IsFiniteDate(b)) ThrowOutOfRange("cannot subtract infinite dates");
  return a - b;
}

namespace {

std::string ShowSeconds(double second) {
  if (std::isnan(second)) return "NaN";
  if (std::isinf(second)) return second < 0 ? "-Infinity" : "Infinity";
  return fmt::format("{:02g}", second);
}

}  // namespace

int64_t MakeTime(int32_t hour, int32_t minute, double second) {
  const bool valid = hour >= 0 && hour <= 24 && minute >= 0 && minute <= 59 && second >= 0 &&
                     second <= 60 && !std::isnan(second);
  const int64_t us =
      valid ? (int64_t{hour} * 60 + minute) * kUsPerMinute +
                  static_cast<int64_t>(std::rint(second * static_cast<double>(kUsPerSecond)))
            : 0;
  if (!valid || us > kUsPerDay) {
    throw SqlError(SqlState::kDatetimeFieldOverflow,
                   fmt::format("time field value out of range: {}:{:02}:{}", hour, minute,
                               ShowSeconds(second)));
  }
  return us;
}

int32_t MakeDate(int32_t year, int32_t month, int32_t day) {
  const bool wraps = year == std::numeric_limits<int32_t>::min();
  const int32_t astronomical = year < 0 && !wraps ? year + 1 : year;
  if (year == 0 || wraps || month < 1 || month > 12 || day < 1 || day > DaysInMonth(astronomical, month)) {
    throw SqlError(SqlState::kDatetimeFieldOverflow,
                   fmt::format("date field value out of range: {}-{:02}-{:02}", astronomical, month, day));
  }
  const int64_t count =
      IsValidJulian(astronomical, month, day) ? DayFromCivil(astronomical, month, day) : kDateEnd;
  if (!IsValidDate(count)) {
    ThrowOutOfRange(fmt::format("date out of range: {}-{:02}-{:02}", astronomical, month, day));
  }
  return static_cast<int32_t>(count);
}

int64_t MakeTimestamp(int32_t year, int32_t month, int32_t day, int32_t hour, int32_t minute,
                      double second) {
  const int32_t astronomical = year < 0 ? year + 1 : year;
  if (year == 0 || month < 1 || month > 12 || day < 1 || day > DaysInMonth(astronomical, month)) {
    throw SqlError(SqlState::kDatetimeFieldOverflow,
                   fmt::format("date field value out of range: {}-{:02}-{:02}", year, month, day));
  }
  const auto out_of_range = [&] {
    ThrowOutOfRange(fmt::format("timestamp out of range: {}-{:02}-{:02} {}:{:02}:{:02g}", year,
                                month, day, hour, minute, second));
  };
  if (!IsValidJulian(astronomical, month, day)) {
    ThrowOutOfRange(fmt::format("date out of range: {}-{:02}-{:02}", year, month, day));
  }
  const int64_t time = MakeTime(hour, minute, second);
  int64_t us;
  if (__builtin_mul_overflow(DayFromCivil(astronomical, month, day), kUsPerDay, &us) ||
      __builtin_add_overflow(us, time, &us) || !IsValidTimestamp(us)) {
    out_of_range();
  }
  return us;
}

int64_t TimestampTzFromEpoch(double seconds) {
  if (std::isnan(seconds)) {
    ThrowOutOfRange("timestamp cannot be NaN");
  }
  if (std::isinf(seconds)) return seconds < 0 ? kTimestampNegativeInfinity : kTimestampInfinity;
  const auto out_of_range = [seconds] {
    std::string text;
    AppendFloat8(text, seconds, 0);
    ThrowOutOfRange(fmt::format("timestamp out of range: \"{}\"", text));
  };
  if (seconds < static_cast<double>(kTimestampMin / kUsPerSecond + kSecondsFrom1970To2000) ||
      seconds >= static_cast<double>(kTimestampEnd / kUsPerSecond + kSecondsFrom1970To2000)) {
    out_of_range();
  }
  const double us = std::rint((seconds - static_cast<double>(kSecondsFrom1970To2000)) * 1e6);
  const auto result = static_cast<int64_t>(us);
  if (!IsValidTimestamp(result)) out_of_range();
  return result;
}

int64_t TimestampAtZone(int64_t timestamp, std::string_view zone) {
  if (!IsFiniteTimestamp(timestamp)) return timestamp;
  const NamedZone named = ResolveZone(zone);
  int32_t east = named.seconds_east;
  if (named.zone != nullptr) {
    east = OffsetOfLocal(*named.zone, SplitTimestamp(timestamp)).seconds_east;
    if (!named.abbreviation.empty()) east = OffsetAtInstant(named, timestamp - east * kUsPerSecond);
  }
  const int64_t us = timestamp - east * kUsPerSecond;
  if (!IsValidTimestamp(us)) ThrowTimestampOutOfRange();
  return us;
}

int64_t TimestampTzAtZone(int64_t timestamptz, std::string_view zone) {
  if (!IsFiniteTimestamp(timestamptz)) return timestamptz;
  const int64_t us =
      timestamptz + OffsetAtInstant(ResolveZone(zone), timestamptz) * kUsPerSecond;
  if (!IsValidTimestamp(us)) ThrowTimestampOutOfRange();
  return us;
}

TimeTzValue TimeTzAtZone(const TimeTzValue& value, std::string_view zone, int64_t now_us) {
  return TimeTzAtOffset(value, OffsetAtInstant(ResolveZone(zone), now_us));
}

}  // namespace grizzly::types
