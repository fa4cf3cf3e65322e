#include "types/date_part.h"

#include <fmt/format.h>

#include <limits>

#include "base/error/sql_error.h"
#include "types/datetime_tokens.h"
#include "types/interval.h"

namespace grizzly::types {
namespace {

using Kind = TimePartValue::Kind;

constexpr const char* kTimestampName = "timestamp without time zone";
constexpr const char* kDateName = "date";
constexpr const char* kTimestampTzName = "timestamp with time zone";

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return lower;
}

[[noreturn]] void ThrowUnitNotSupported(std::string_view unit, const char* type) {
  throw SqlError(SqlState::kFeatureNotSupported,
                 fmt::format("unit \"{}\" not supported for type {}", Lower(unit), type));
}

[[noreturn]] void ThrowUnitNotRecognized(std::string_view unit, const char* type) {
  throw SqlError(SqlState::kInvalidParameterValue,
                 fmt::format("unit \"{}\" not recognized for type {}", Lower(unit), type));
}

// The unit, or throws that there is no such word.
TimeUnit UnitOrThrow(std::string_view unit, const char* type) {
  const TimeUnit found = FindTimeUnit(unit);
  if (found == TimeUnit::kNone) {
    // A word of dates, but no field: types with a date know it.
    const bool has_date = type == kTimestampName || type == kTimestampTzName || type == kDateName;
    if (has_date && FindDateWord(Lower(unit)).word >= TimeWord::kNow) {
      ThrowUnitNotSupported(unit, type);
    }
    ThrowUnitNotRecognized(unit, type);
  }
  return found;
}

TimePartValue Whole(Int128 value) { return {Kind::kNumber, value, 0}; }
TimePartValue Micros(Int128 value) { return {Kind::kNumber, value, 6}; }

// Fields of a calendar date; nullopt for a unit that is none.
std::optional<TimePartValue> CalendarPart(TimeUnit unit, const CivilDate& date) {
  const int32_t year = date.year;
  const int64_t day = DayFromCivil(year, date.month, date.day);
  switch (unit) {
    case TimeUnit::kDay: return Whole(date.day);
    case TimeUnit::kMonth: return Whole(date.month);
    case TimeUnit::kQuarter: return Whole((date.month - 1) / 3 + 1);
    case TimeUnit::kWeek: return Whole(IsoWeek(date));
    // There is no year 0: 1 BC is -1.
    case TimeUnit::kYear: return Whole(year > 0 ? year : year - 1);
    case TimeUnit::kDecade: return Whole(year >= 0 ? year / 10 : -((8 - (year - 1)) / 10));
    case TimeUnit::kCentury: return Whole(year > 0 ? (year + 99) / 100 : -((99 - (year - 1)) / 100));
    case TimeUnit::kMillennium:
      return Whole(year > 0 ? (year + 999) / 1000 : -((999 - (year - 1)) / 1000));
    case TimeUnit::kIsoYear: {
      const int32_t iso = IsoYear(date);
      return Whole(iso > 0 ? iso : iso - 1);
    }
    case TimeUnit::kDayOfWeek: return Whole(DayOfWeek(day));
    case TimeUnit::kIsoDayOfWeek: return Whole(DayOfWeek(day) == 0 ? 7 : DayOfWeek(day));
    case TimeUnit::kDayOfYear: return Whole(DayOfYear(date));
    default: return std::nullopt;
  }
}

// Fields of a time of day (or of an interval's time, which may be negative).
std::optional<TimePartValue> ClockPart(TimeUnit unit, int64_t us) {
  const int64_t us_of_minute = us % kUsPerMinute;
  switch (unit) {
    case TimeUnit::kMicrosecond: return Whole(us_of_minute);
    case TimeUnit::kMillisecond: return TimePartValue{Kind::kSeconds, us_of_minute, 3};
    case TimeUnit::kSecond: return TimePartValue{Kind::kSeconds, us_of_minute, 6};
    case TimeUnit::kMinute: return Whole(us / kUsPerMinute % 60);
    case TimeUnit::kHour: return Whole(us / kUsPerHour);
    default: return std::nullopt;
  }
}

std::optional<TimePartValue> ZonePart(TimeUnit unit, int32_t seconds_east) {
  switch (unit) {
    case TimeUnit::kTimezone: return Whole(seconds_east);
    case TimeUnit::kTimezoneMinute: return Whole(seconds_east / 60 % 60);
    case TimeUnit::kTimezoneHour: return Whole(seconds_east / 3600);
    default: return std::nullopt;
  }
}

// What an infinite date or timestamp answers: units that grow with time are infinite too.
TimePartValue InfinitePart(TimeUnit unit, bool negative) {
  switch (unit) {
    case TimeUnit::kYear:
    case TimeUnit::kDecade:
    case TimeUnit::kCentury:
    case TimeUnit::kMillennium:
    case TimeUnit::kJulian:
    case TimeUnit::kIsoYear:
    case TimeUnit::kEpoch: return {negative ? Kind::kNegativeInfinity : Kind::kInfinity};
    default: return {Kind::kNull};
  }
}

TimePartValue LocalPart(std::string_view name, TimeUnit unit, int64_t local, const char* type) {
  const int64_t day = FloorDiv(local, kUsPerDay);
  const int64_t us = local - day * kUsPerDay;
  if (unit == TimeUnit::kJulian) return {Kind::kJulian, day + kJulianDayOf2000, 0, us};
  if (const auto part = CalendarPart(unit, CivilFromDay(day))) return *part;
  if (const auto part = ClockPart(unit, us)) return *part;
  ThrowUnitNotSupported(name, type);
}

// ---- truncation ----

// The first day of the period `date` lies in; false for units below a day.
bool TruncateDate(TimeUnit unit, DateTimeFields& fields) {
  const int32_t year = fields.year;
  switch (unit) {
    case TimeUnit::kMillennium:
      fields.year = year > 0 ? (year + 999) / 1000 * 1000 - 999
                             : -((999 - (year - 1)) / 1000) * 1000 + 1;
      break;
    case TimeUnit::kCentury:
      fields.year = year > 0 ? (year + 99) / 100 * 100 - 99 : -((99 - (year - 1)) / 100) * 100 + 1;
      break;
    case TimeUnit::kDecade:
      fields.year = year > 0 ? year / 10 * 10 : -((8 - (year - 1)) / 10) * 10;
      break;
    case TimeUnit::kYear: break;
    case TimeUnit::kQuarter:
      fields.month = (fields.month - 1) / 3 * 3 + 1;
      fields.day = 1;
      return true;
    case TimeUnit::kMonth: fields.day = 1; return true;
    case TimeUnit::kWeek: {
      const int64_t day = DayFromCivil(fields.year, fields.month, fields.day);
      const CivilDate monday = CivilFromDay(day - (DayOfWeek(day) + 6) % 7);
      fields.year = monday.year;
      fields.month = monday.month;
      fields.day = monday.day;
      return true;
    }
    case TimeUnit::kDay: return true;
    default: return false;
  }
  fields.month = 1;
  fields.day = 1;
  return true;
}

// µs of a unit of the clock, 0 for others.
int64_t ClockUnit(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kHour: return kUsPerHour;
    case TimeUnit::kMinute: return kUsPerMinute;
    case TimeUnit::kSecond: return kUsPerSecond;
    case TimeUnit::kMillisecond: return 1000;
    case TimeUnit::kMicrosecond: return 1;
    default: return 0;
  }
}

// date_trunc() knows the words of intervals only, not "epoch" or "doy".
TimeUnit TruncationUnit(std::string_view unit, const char* type) {
  const std::string lower = Lower(unit);
  const TimeMeaning meaning = FindIntervalWord(lower);
  if (meaning.word == TimeWord::kUnit) return meaning.unit();
  const TimeUnit found = FindTimeUnit(lower);
  if (found == TimeUnit::kQuarter) return found;
  if (found == TimeUnit::kTimezone || found == TimeUnit::kTimezoneHour ||
      found == TimeUnit::kTimezoneMinute) {
    ThrowUnitNotSupported(unit, type);
  }
  ThrowUnitNotRecognized(unit, type);
}

}  // namespace

TimePartValue TimestampPart(std::string_view unit, int64_t timestamp) {
  const TimeUnit found = UnitOrThrow(unit, kTimestampName);
  if (!IsFiniteTimestamp(timestamp)) return InfinitePart(found, timestamp < 0);
  if (found == TimeUnit::kEpoch) return Micros(static_cast<Int128>(timestamp) - kUnixEpochUs);
  return LocalPart(unit, found, timestamp, kTimestampName);
}

TimePartValue TimestampTzPart(std::string_view unit, int64_t timestamptz, const TimeZone& zone) {
  const TimeUnit found = UnitOrThrow(unit, kTimestampTzName);
  if (!IsFiniteTimestamp(timestamptz)) return InfinitePart(found, timestamptz < 0);
  if (found == TimeUnit::kEpoch) return Micros(static_cast<Int128>(timestamptz) - kUnixEpochUs);
  const int32_t east = OffsetAt(zone, timestamptz).seconds_east;
  if (const auto part = ZonePart(found, east)) return *part;
  return LocalPart(unit, found, timestamptz + east * kUsPerSecond, kTimestampTzName);
}

TimePartValue DatePart(std::string_view unit, int32_t date) {
  const TimeUnit found = UnitOrThrow(unit, kDateName);
  if (ClockPart(found, 0) || ZonePart(found, 0)) ThrowUnitNotSupported(unit, kDateName);
  if (!IsFiniteDate(date)) return InfinitePart(found, date < 0);
  if (found == TimeUnit::kEpoch) return Whole((int64_t{date} - kUnixEpochDay) * 86400);
  if (found == TimeUnit::kJulian) return Whole(int64_t{date} + kJulianDayOf2000);
  if (const auto part = CalendarPart(found, CivilFromDay(date))) return *part;
  ThrowUnitNotSupported(unit, kDateName);
}

TimePartValue TimeOfDayPart(std::string_view unit, int64_t time) {
  constexpr const char* kType = "time without time zone";
  const TimeUnit found = UnitOrThrow(unit, kType);
  if (found == TimeUnit::kEpoch) return Micros(time);
  if (const auto part = ClockPart(found, time)) return *part;
  ThrowUnitNotSupported(unit, kType);
}

TimePartValue TimeTzPart(std::string_view unit, const TimeTzValue& value) {
  constexpr const char* kType = "time with time zone";
  const TimeUnit found = UnitOrThrow(unit, kType);
  if (found == TimeUnit::kEpoch) {
    return Micros(value.microseconds + value.zone_seconds * kUsPerSecond);
  }
  if (const auto part = ZonePart(found, -value.zone_seconds)) return *part;
  if (const auto part = ClockPart(found, value.microseconds)) return *part;
  ThrowUnitNotSupported(unit, kType);
}

TimePartValue IntervalPart(std::string_view unit, const IntervalValue& value) {
  const TimeUnit found = UnitOrThrow(unit, "interval");
  const int32_t years = value.months / kMonthsPerYear;
  const int32_t months = value.months % kMonthsPerYear;
  switch (found) {
    case TimeUnit::kDay: return Whole(value.days);
    case TimeUnit::kMonth: return Whole(months);
    case TimeUnit::kQuarter: return Whole(months / 3 + 1);
    case TimeUnit::kYear: return Whole(years);
    case TimeUnit::kDecade: return Whole(years / 10);
    case TimeUnit::kCentury: return Whole(years / 100);
    case TimeUnit::kMillennium: return Whole(years / 1000);
    case TimeUnit::kEpoch: {
      // A year has 365.25 days here; four times everything keeps to whole numbers.
      const Int128 quarter_days = static_cast<Int128>(years) * 1461 +
                                  int64_t{months} * (4 * kDaysPerMonth) + int64_t{value.days} * 4;
      return Micros(quarter_days * (kUsPerDay / 4) + value.microseconds);
    }
    default: break;
  }
  if (const auto part = ClockPart(found, value.microseconds)) return *part;
  ThrowUnitNotSupported(unit, "interval");
}

std::optional<StringRef> PartToNumeric(const TimePartValue& part, Arena& arena) {
  switch (part.kind) {
    case Kind::kNull: return std::nullopt;
    case Kind::kInfinity: return NumericInfinity(false);
    case Kind::kNegativeInfinity: return NumericInfinity(true);
    case Kind::kNumber:
    case Kind::kSeconds: return NumericFromInt128(part.unscaled, part.scale, arena);
    case Kind::kJulian: break;
  }
  const StringRef day = NumericFromInt128(part.unscaled, 0, arena);
  const StringRef us = NumericFromInt8(part.us_of_day, arena);
  const StringRef us_per_day = NumericFromInt8(kUsPerDay, arena);
  const StringRef fraction = NumericDivide(us, us_per_day, arena);
  return NumericAdd(day, fraction, arena);
}

std::optional<double> PartToFloat8(const TimePartValue& part) {
  constexpr double kPowers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
  switch (part.kind) {
    case Kind::kNull: return std::nullopt;
    case Kind::kInfinity: return std::numeric_limits<double>::infinity();
    case Kind::kNegativeInfinity: return -std::numeric_limits<double>::infinity();
    case Kind::kNumber: return static_cast<double>(part.unscaled) / kPowers[part.scale];
    case Kind::kSeconds: {  // the whole seconds and their fraction apart, as PostgreSQL adds them
      const auto us = static_cast<int64_t>(part.unscaled);
      const double unit = part.scale == 6 ? 1 : 1e3;
      return static_cast<double>(us / kUsPerSecond) * unit +
             static_cast<double>(us % kUsPerSecond) / kPowers[part.scale];
    }
    case Kind::kJulian: break;
  }
  return static_cast<double>(part.unscaled) +
         static_cast<double>(part.us_of_day) / static_cast<double>(kUsPerDay);
}

int64_t TruncateTimestamp(std::string_view unit, int64_t timestamp) {
  if (!IsFiniteTimestamp(timestamp)) return timestamp;
  const TimeUnit found = TruncationUnit(unit, kTimestampName);
  if (const int64_t clock = ClockUnit(found)) return FloorDiv(timestamp, clock) * clock;
  DateTimeFields fields = SplitTimestamp(timestamp);
  if (!TruncateDate(found, fields)) ThrowUnitNotSupported(unit, kTimestampName);
  SetTimeOfDay(fields, 0);
  int64_t us;
  if (!JoinTimestamp(fields, &us)) ThrowTimestampOutOfRange();
  return us;
}

int64_t TruncateTimestampTz(std::string_view unit, int64_t timestamptz, const TimeZone& zone) {
  if (!IsFiniteTimestamp(timestamptz)) return timestamptz;
  const TimeUnit found = TruncationUnit(unit, kTimestampTzName);
  const int64_t offset = OffsetAt(zone, timestamptz).seconds_east * kUsPerSecond;
  if (const int64_t clock = ClockUnit(found)) {
    return FloorDiv(timestamptz + offset, clock) * clock - offset;
  }
  DateTimeFields fields = SplitTimestamp(timestamptz + offset);
  if (!TruncateDate(found, fields)) ThrowUnitNotSupported(unit, kTimestampTzName);
  SetTimeOfDay(fields, 0);
  int64_t us;
  if (!JoinTimestamp(fields, &us)) ThrowTimestampOutOfRange();
  us -= OffsetOfLocal(zone, fields).seconds_east * kUsPerSecond;
  if (!IsValidTimestamp(us)) ThrowTimestampOutOfRange();
  return us;
}

IntervalValue TruncateInterval(std::string_view unit, const IntervalValue& value) {
  const TimeUnit found = TruncationUnit(unit, "interval");
  IntervalValue result = value;
  if (const int64_t clock = ClockUnit(found)) {
    result.microseconds = result.microseconds / clock * clock;
    return result;
  }
  result.microseconds = 0;
  if (found == TimeUnit::kDay) return result;
  result.days = 0;
  int32_t months = 1;
  switch (found) {
    case TimeUnit::kMonth: break;
    case TimeUnit::kQuarter: months = 3; break;
    case TimeUnit::kYear: months = 12; break;
    case TimeUnit::kDecade: months = 120; break;
    case TimeUnit::kCentury: months = 1200; break;
    case TimeUnit::kMillennium: months = 12000; break;
    case TimeUnit::kWeek:
      throw SqlError(SqlState::kFeatureNotSupported,
                     fmt::format("unit \"{}\" not supported for type interval", Lower(unit)))
          .Detail("Months usually have fractional weeks.");
    default: ThrowUnitNotSupported(unit, "interval");
  }
  result.months = result.months / months * months;
  return result;
}

int64_t BinTimestamp(const IntervalValue& stride, int64_t timestamp, int64_t origin) {
  if (!IsFiniteTimestamp(timestamp)) return timestamp;
  if (!IsFiniteTimestamp(origin)) {
    throw SqlError(SqlState::kDatetimeValueOutOfRange, "origin out of range");
  }
  if (stride.months != 0) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "timestamps cannot be binned into intervals containing months or years");
  }
  int64_t stride_us;
  if (__builtin_mul_overflow(int64_t{stride.days}, kUsPerDay, &stride_us) ||
      __builtin_add_overflow(stride_us, stride.microseconds, &stride_us)) {
    ThrowIntervalOutOfRange();
  }
  if (stride_us <= 0) {
    throw SqlError(SqlState::kDatetimeValueOutOfRange, "stride must be greater than zero");
  }
  int64_t difference;
  if (__builtin_sub_overflow(timestamp, origin, &difference)) ThrowIntervalOutOfRange();
  int64_t result = difference - difference % stride_us;
  if (difference % stride_us < 0) result -= stride_us;
  if (__builtin_add_overflow(result, origin, &result) || !IsValidTimestamp(result)) {
    ThrowTimestampOutOfRange();
  }
  return result;
}

}  // namespace grizzly::types
