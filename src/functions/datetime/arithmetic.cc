// Sums and differences of dates, times and intervals; age, justify, make_*, overlaps.
#include <cmath>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/datetime_parse.h"
#include "types/interval.h"
#include "types/timestamp.h"

namespace grizzly::functions {
namespace {

using types::IntervalValue;
using types::TimeTzValue;
using types::ZoneOf;

// ---- date ----

int32_t DateMinusDays(int32_t date, int32_t days) {
  if (!types::IsFiniteDate(date)) return date;
  const int64_t result = int64_t{date} - days;
  if (!types::IsValidDate(result)) types::ThrowDateOutOfRange();
  return static_cast<int32_t>(result);
}
int64_t DatePlusInterval(int32_t date, IntervalValue interval) {
  return types::TimestampAddInterval(types::DateToTimestamp(date), interval);
}
int64_t DateMinusInterval(int32_t date, IntervalValue interval) {
  return DatePlusInterval(date, types::IntervalNegate(interval));
}

// ---- timestamp ----

int64_t TimestampMinusInterval(int64_t timestamp, IntervalValue interval) {
  return types::TimestampAddInterval(timestamp, types::IntervalNegate(interval));
}
int64_t TimestampPlusInterval(int64_t timestamp, IntervalValue interval) {
  return types::TimestampAddInterval(timestamp, interval);
}
int64_t TimestampTzPlusInterval(FunctionContext& context, int64_t timestamp,
                                IntervalValue interval) {
  return types::TimestampTzAddInterval(timestamp, interval, ZoneOf(*context.io));
}
int64_t TimestampTzMinusInterval(FunctionContext& context, int64_t timestamp,
                                 IntervalValue interval) {
  return TimestampTzPlusInterval(context, timestamp, types::IntervalNegate(interval));
}
IntervalValue TimestampAge(int64_t a, int64_t b) { return types::TimestampAge(a, b); }
IntervalValue TimestampTzAge(FunctionContext& context, int64_t a, int64_t b) {
  return types::TimestampTzAge(a, b, ZoneOf(*context.io));
}
bool TimestampIsFinite(int64_t timestamp) { return types::IsFiniteTimestamp(timestamp); }
bool DateIsFinite(int32_t date) { return types::IsFiniteDate(date); }
bool IntervalIsFinite(IntervalValue) { return true; }

// ---- time ----

int64_t TimePlusInterval(int64_t time, IntervalValue interval) {
  return types::TimeAddInterval(time, interval);
}
IntervalValue OnlyTime(const IntervalValue& interval) { return {interval.microseconds, 0, 0}; }
int64_t TimeMinusInterval(int64_t time, IntervalValue interval) {
  return types::TimeAddInterval(time, types::IntervalNegate(OnlyTime(interval)));
}
IntervalValue TimeMinusTime(int64_t a, int64_t b) { return {a - b, 0, 0}; }
TimeTzValue TimeTzPlusInterval(TimeTzValue time, IntervalValue interval) {
  time.microseconds = types::TimeAddInterval(time.microseconds, interval);
  return time;
}
TimeTzValue TimeTzMinusInterval(TimeTzValue time, IntervalValue interval) {
  time.microseconds = TimeMinusInterval(time.microseconds, interval);
  return time;
}

// ---- interval ----

IntervalValue Add(IntervalValue a, IntervalValue b) { return types::IntervalAdd(a, b); }
IntervalValue Subtract(IntervalValue a, IntervalValue b) { return types::IntervalSubtract(a, b); }
IntervalValue Negate(IntervalValue a) { return types::IntervalNegate(a); }
IntervalValue Multiply(IntervalValue a, double factor) {
  return types::IntervalMultiply(a, factor);
}
IntervalValue MultiplyBy(double factor, IntervalValue a) {
  return types::IntervalMultiply(a, factor);
}
IntervalValue Divide(IntervalValue a, double divisor) { return types::IntervalDivide(a, divisor); }
IntervalValue JustifyHours(IntervalValue a) { return types::JustifyHours(a); }
IntervalValue JustifyDays(IntervalValue a) { return types::JustifyDays(a); }
IntervalValue JustifyInterval(IntervalValue a) { return types::JustifyInterval(a); }

// ---- overlaps ----

// (start1, end1) OVERLAPS (start2, end2); an end may be NULL, and ends may be swapped.
template <typename T, int (*compare)(const T&, const T&)>
struct Overlaps {
  using Value = std::optional<T>;

  // The earlier end first; false when both are NULL.
  static bool Arrange(Value& start, Value& end) {
    if (!start.has_value()) {
      if (!end.has_value()) return false;
      std::swap(start, end);
    } else if (end.has_value() && compare(*start, *end) > 0) {
      std::swap(start, end);
    }
    return true;
  }
  static std::optional<bool> Test(Value start1, Value end1, Value start2, Value end2) {
    if (!Arrange(start1, end1) || !Arrange(start2, end2)) return std::nullopt;
    const int order = compare(*start1, *start2);
    if (order == 0) {
      if (!end1.has_value() || !end2.has_value()) return std::nullopt;
      return true;
    }
    // The one that starts first overlaps if it ends after the other's start.
    const Value& first_end = order > 0 ? end2 : end1;
    const Value& second_end = order > 0 ? end1 : end2;
    const T& second_start = order > 0 ? *start1 : *start2;
    if (!first_end.has_value()) return std::nullopt;
    if (compare(second_start, *first_end) < 0) return true;
    if (!second_end.has_value()) return std::nullopt;
    return false;
  }
};
int CompareMicroseconds(const int64_t& a, const int64_t& b) {
  return a < b ? -1 : (a > b ? 1 : 0);
}
int CompareTimeTzs(const TimeTzValue& a, const TimeTzValue& b) {
  return types::CompareTimeTz(a, b);
}

// ---- make_* ----

int64_t MakeTimestampTz(FunctionContext& context, int32_t year, int32_t month, int32_t day,
                        int32_t hour, int32_t minute, double second) {
  return types::LocalToTimestampTz(
      types::MakeTimestamp(year, month, day, hour, minute, second), ZoneOf(*context.io));
}
int64_t MakeTimestampTzAt(int32_t year, int32_t month, int32_t day, int32_t hour, int32_t minute,
                          double second, std::string_view zone) {
  const int64_t local = types::MakeTimestamp(year, month, day, hour, minute, second);
  // "+2" is two hours east here, unlike in a POSIX zone.
  if (!zone.empty() && zone[0] >= '0' && zone[0] <= '9') {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("invalid input syntax for type numeric time zone: \"{}\"", zone))
        .Hint("Numeric time zones must have \"-\" or \"+\" as first character.");
  }
  int32_t seconds_east = 0;
  switch (types::DecodeZoneOffset(zone, &seconds_east)) {
    case types::TimeInputError::kNone: break;
    case types::TimeInputError::kZoneOverflow:
      throw SqlError(SqlState::kInvalidParameterValue,
                     fmt::format("numeric time zone \"{}\" out of range", zone));
    default: return types::TimestampAtZone(local, zone);
  }
  const int64_t us = local - seconds_east * types::kUsPerSecond;
  if (!types::IsValidTimestamp(us)) types::ThrowTimestampOutOfRange();
  return us;
}

void AddMakers(Registry& registry) {
  registry.AddScalar("make_date", Cold<&types::MakeDate>);
  registry.AddScalar("make_time", Cold<&types::MakeTime>);
  registry.AddScalar("make_timestamp", Cold<&types::MakeTimestamp>);
  registry.AddScalar("make_timestamptz", Cold<&MakeTimestampTz>);
  registry.AddScalar("make_timestamptz_at_timezone", Cold<&MakeTimestampTzAt>);
  registry.AddScalar("make_interval", Cold<&types::MakeInterval>);
  registry.AddScalar("float8_timestamptz", Cold<&types::TimestampTzFromEpoch>);
  registry.AddScalar("overlaps_timestamp", Cold<&Overlaps<int64_t, &CompareMicroseconds>::Test>);
  registry.AddScalar("overlaps_time", Cold<&Overlaps<int64_t, &CompareMicroseconds>::Test>);
  registry.AddScalar("overlaps_timetz", Cold<&Overlaps<TimeTzValue, &CompareTimeTzs>::Test>);
}

void AddIntervals(Registry& registry) {
  registry.AddScalar("interval_pl", Cold<&Add>);
  registry.AddScalar("interval_mi", Cold<&Subtract>);
  registry.AddScalar("interval_um", Cold<&Negate>);
  registry.AddScalar("interval_mul", Cold<&Multiply>);
  registry.AddScalar("mul_d_interval", Cold<&MultiplyBy>);
  registry.AddScalar("interval_div", Cold<&Divide>);
  registry.AddScalar("interval_justify_hours", Cold<&JustifyHours>);
  registry.AddScalar("interval_justify_days", Cold<&JustifyDays>);
  registry.AddScalar("interval_justify_interval", Cold<&JustifyInterval>);
  registry.AddScalar("interval_finite", Cold<&IntervalIsFinite>);
}

}  // namespace

void RegisterDateTimeArithmetic(Registry& registry) {
  registry.AddScalar("date_pli", Scalar<&types::DateAddDays>);
  registry.AddScalar("date_mii", Scalar<&DateMinusDays>);
  registry.AddScalar("date_mi", Scalar<&types::DateSubtract>);
  registry.AddScalar("date_pl_interval", Scalar<&DatePlusInterval>);
  registry.AddScalar("date_mi_interval", Scalar<&DateMinusInterval>);
  registry.AddScalar("date_finite", Cold<&DateIsFinite>);
  registry.AddScalar("timestamp_pl_interval", Scalar<&TimestampPlusInterval>);
  registry.AddScalar("timestamp_mi_interval", Scalar<&TimestampMinusInterval>);
  registry.AddScalar("timestamp_mi", Scalar<&types::TimestampSubtract>);
  registry.AddScalar("timestamptz_pl_interval", Cold<&TimestampTzPlusInterval>);
  registry.AddScalar("timestamptz_mi_interval", Cold<&TimestampTzMinusInterval>);
  registry.AddScalar("timestamp_age", Cold<&TimestampAge>);
  registry.AddScalar("timestamptz_age", Cold<&TimestampTzAge>);
  registry.AddScalar("timestamp_finite", Cold<&TimestampIsFinite>);
  registry.AddScalar("time_pl_interval", Cold<&TimePlusInterval>);
  registry.AddScalar("time_mi_interval", Cold<&TimeMinusInterval>);
  registry.AddScalar("time_mi_time", Cold<&TimeMinusTime>);
  registry.AddScalar("timetz_pl_interval", Cold<&TimeTzPlusInterval>);
  registry.AddScalar("timetz_mi_interval", Cold<&TimeTzMinusInterval>);
  AddIntervals(registry);
  AddMakers(registry);
}

}  // namespace grizzly::functions
