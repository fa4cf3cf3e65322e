// Casts among the date and time types, precision, AT TIME ZONE, now() and its kin.
#include <chrono>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/session_services.h"
#include "types/interval.h"
#include "types/timestamp.h"

namespace grizzly::functions {
namespace {

using types::IntervalValue;
using types::TimeTzValue;
using types::ZoneOf;

int64_t DateToTimestampTz(FunctionContext& context, int32_t date) {
  return types::DateToTimestampTz(date, ZoneOf(*context.io));
}
int32_t TimestampTzToDate(FunctionContext& context, int64_t timestamp) {
  return types::TimestampToDate(types::TimestampTzToLocal(timestamp, ZoneOf(*context.io)));
}
// The infinities have no time of day: NULL.
Datum TimestampToTime(int64_t timestamp) {
  if (!types::IsFiniteTimestamp(timestamp)) return Datum::Null();
  return Datum::Of(types::TimestampToTime(timestamp));
}
Datum TimestampTzToTime(FunctionContext& context, int64_t timestamp) {
  if (!types::IsFiniteTimestamp(timestamp)) return Datum::Null();
  return Datum::Of(
      types::TimestampToTime(types::TimestampTzToLocal(timestamp, ZoneOf(*context.io))));
}
Datum TimestampTzToTimeTz(FunctionContext& context, int64_t timestamp) {
  if (!types::IsFiniteTimestamp(timestamp)) return Datum::Null();
  return Datum::Of(types::TimestampTzToTimeTz(timestamp, ZoneOf(*context.io)));
}
int64_t ToTimestampTz(FunctionContext& context, int64_t timestamp) {
  return types::LocalToTimestampTz(timestamp, ZoneOf(*context.io));
}
int64_t ToTimestamp(FunctionContext& context, int64_t timestamp) {
  return types::TimestampTzToLocal(timestamp, ZoneOf(*context.io));
}
IntervalValue TimeToInterval(int64_t time) { return {time, 0, 0}; }
int64_t IntervalToTime(IntervalValue interval) {
  return types::TimeAddInterval(0, {interval.microseconds, 0, 0});
}
int64_t TimeTzToTime(TimeTzValue value) { return value.microseconds; }
TimeTzValue TimeToTimeTz(FunctionContext& context, int64_t time) {
  return types::TimeToTimeTz(time, *context.io);
}
int64_t DateAndTime(int32_t date, int64_t time) {
  const int64_t timestamp = types::DateToTimestamp(date);
  if (!types::IsFiniteTimestamp(timestamp)) return timestamp;
  const int64_t sum = timestamp + time;
  if (!types::IsValidTimestamp(sum)) types::ThrowTimestampOutOfRange();
  return sum;
}
int64_t DateAndTimeTz(int32_t date, TimeTzValue time) {
  const int64_t timestamp = types::DateToTimestamp(date);
  if (!types::IsFiniteTimestamp(timestamp)) return timestamp;
  const int64_t sum =
      timestamp + time.microseconds + int64_t{time.zone_seconds} * types::kUsPerSecond;
  if (!types::IsValidTimestamp(sum)) types::ThrowTimestampOutOfRange();
  return sum;
}

int64_t ScaleTime(int64_t value, int32_t precision) {
  return types::RoundToPrecision(value, precision);
}
int64_t ScaleTimestamp(int64_t value, int32_t precision) {
  if (types::IsFiniteTimestamp(value) && precision != types::kNoTypmod &&
      (precision < 0 || precision > 6)) {
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("timestamp({}) precision must be between 0 and 6", precision));
  }
  return types::RoundToPrecision(value, precision);
}
TimeTzValue ScaleTimeTz(TimeTzValue value, int32_t precision) {
  return types::RoundTimeTz(value, precision);
}
IntervalValue ScaleInterval(IntervalValue value, int32_t typmod) {
  if (typmod >= 0 && types::IntervalFields(typmod) == 0) {
    throw SqlError(SqlState::kInternalError,
                   fmt::format("unrecognized interval typmod: {}", typmod));
  }
  return types::ApplyIntervalTypmod(value, typmod);
}

// ---- zones ----

int64_t AtZone(std::string_view zone, int64_t timestamp) {
  return types::TimestampAtZone(timestamp, zone);
}
int64_t TzAtZone(std::string_view zone, int64_t timestamp) {
  return types::TimestampTzAtZone(timestamp, zone);
}
int64_t NowUs(FunctionContext& context) {
  return context.session != nullptr ? context.session->TransactionTimeUs()
                                    : context.io->transaction_time_us;
}
TimeTzValue TimeTzAtZone(FunctionContext& context, std::string_view zone, TimeTzValue value) {
  return types::TimeTzAtZone(value, zone, NowUs(context));
}

// Seconds east of Greenwich an interval means as a zone. PostgreSQL keeps 32 bits of them, or of their negation.
int64_t OffsetSeconds(const IntervalValue& zone) {
  if (zone.months != 0 || zone.days != 0) {
    std::string text;
    types::AppendInterval(text, zone, types::IntervalStyle::kPostgres);
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("interval time zone \"{}\" must not include months or days", text));
  }
  return zone.microseconds / types::kUsPerSecond;
}
int64_t ShiftedBy(int64_t timestamp, int64_t shift) {
  const int64_t shifted = timestamp + shift;
  if (!types::IsValidTimestamp(shifted)) types::ThrowTimestampOutOfRange();
  return shifted;
}
int64_t AtInterval(IntervalValue zone, int64_t timestamp) {
  if (!types::IsFiniteTimestamp(timestamp)) return timestamp;
  return ShiftedBy(timestamp, -int64_t{static_cast<int32_t>(OffsetSeconds(zone))} * types::kUsPerSecond);
}
int64_t TzAtInterval(IntervalValue zone, int64_t timestamp) {
  if (!types::IsFiniteTimestamp(timestamp)) return timestamp;
  return ShiftedBy(timestamp, -int64_t{static_cast<int32_t>(-OffsetSeconds(zone))} * types::kUsPerSecond);
}
TimeTzValue TimeTzAtInterval(IntervalValue zone, TimeTzValue value) {
  return types::TimeTzAtOffset(value, static_cast<int32_t>(OffsetSeconds(zone)));
}

// ---- clocks ----

int64_t StatementNow(FunctionContext& context) {
  return context.session != nullptr ? context.session->StatementTimeUs() : NowUs(context);
}
int64_t ClockNow() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count() -
         types::kSecondsFrom1970To2000 * types::kUsPerSecond;
}

void AddCasts(Registry& registry) {
  registry.AddScalar("date_timestamp", Scalar<&types::DateToTimestamp>);
  registry.AddScalar("date_timestamptz", Cold<&DateToTimestampTz>);
  registry.AddScalar("timestamp_date", Scalar<&types::TimestampToDate>);
  registry.AddScalar("timestamptz_date", Cold<&TimestampTzToDate>);
  registry.AddScalar("timestamp_time", Cold<&TimestampToTime>);
  registry.AddScalar("timestamptz_time", Cold<&TimestampTzToTime>);
  registry.AddScalar("timestamptz_timetz", Cold<&TimestampTzToTimeTz>);
  registry.AddScalar("timestamp_timestamptz", Cold<&ToTimestampTz>);
  registry.AddScalar("timestamptz_timestamp", Cold<&ToTimestamp>);
  registry.AddScalar("time_interval", Cold<&TimeToInterval>);
  registry.AddScalar("interval_time", Cold<&IntervalToTime>);
  registry.AddScalar("timetz_time", Cold<&TimeTzToTime>);
  registry.AddScalar("time_timetz", Cold<&TimeToTimeTz>);
  registry.AddScalar("datetime_timestamp", Cold<&DateAndTime>);
  registry.AddScalar("datetimetz_timestamptz", Cold<&DateAndTimeTz>);
}

void AddPrecisions(Registry& registry) {
  registry.AddScalar("timestamp_scale", Cold<&ScaleTimestamp>);
  registry.AddScalar("timestamptz_scale", Cold<&ScaleTimestamp>);
  registry.AddScalar("time_scale", Cold<&ScaleTime>);
  registry.AddScalar("timetz_scale", Cold<&ScaleTimeTz>);
  registry.AddScalar("interval_scale", Cold<&ScaleInterval>);
}

}  // namespace

void RegisterDateTimeCasts(Registry& registry) {
  AddCasts(registry);
  AddPrecisions(registry);
  registry.AddScalar("timestamp_zone", Cold<&AtZone>);
  registry.AddScalar("timestamptz_zone", Cold<&TzAtZone>);
  registry.AddScalar("timetz_zone", Cold<&TimeTzAtZone>);
  registry.AddScalar("timestamp_izone", Cold<&AtInterval>);
  registry.AddScalar("timestamptz_izone", Cold<&TzAtInterval>);
  registry.AddScalar("timetz_izone", Cold<&TimeTzAtInterval>);
  registry.AddScalar("now", Cold<&NowUs>);
  registry.AddScalar("statement_timestamp", Cold<&StatementNow>);
  registry.AddScalar("clock_timestamp", PerRow<&ClockNow>);
}

}  // namespace grizzly::functions
