#include "types/datetime.h"

#include "base/error/sql_error.h"

namespace grizzly::types {

int64_t TimeOfDay(const DateTimeFields& fields) {
  return ((int64_t{fields.hour} * 60 + fields.minute) * 60 + fields.second) * kUsPerSecond +
         fields.microsecond;
}

void SetTimeOfDay(DateTimeFields& fields, int64_t us) {
  fields.hour = static_cast<int32_t>(us / kUsPerHour);
  fields.minute = static_cast<int32_t>(us / kUsPerMinute % 60);
  fields.second = static_cast<int32_t>(us / kUsPerSecond % 60);
  fields.microsecond = static_cast<int32_t>(us % kUsPerSecond);
}

DateTimeFields SplitTimestamp(int64_t us) {
  const int64_t day = FloorDiv(us, kUsPerDay);
  const CivilDate date = CivilFromDay(day);
  DateTimeFields fields;
  fields.year = date.year;
  fields.month = date.month;
  fields.day = date.day;
  SetTimeOfDay(fields, us - day * kUsPerDay);
  return fields;
}

bool JoinTimestamp(const DateTimeFields& fields, int64_t* us) {
  if (!IsValidJulian(fields.year, fields.month, fields.day)) return false;
  const int64_t day = DayFromCivil(fields.year, fields.month, fields.day);
  return !__builtin_mul_overflow(day, kUsPerDay, us) &&
         !__builtin_add_overflow(*us, TimeOfDay(fields), us) && IsValidTimestamp(*us);
}

const TimeZone& ZoneOf(const IoSettings& settings) {
  return settings.time_zone == nullptr ? *UtcTimeZone() : *settings.time_zone;
}

ZoneOffset OffsetAt(const TimeZone& zone, int64_t timestamptz_us) {
  return zone.AtInstant(FloorDiv(timestamptz_us, kUsPerSecond) + kSecondsFrom1970To2000);
}

ZoneOffset OffsetOfLocal(const TimeZone& zone, const DateTimeFields& local) {
  const int64_t day = DayFromCivil(local.year, local.month, local.day);
  return zone.AtLocal((day - kUnixEpochDay) * 86400 + local.hour * 3600 + local.minute * 60 +
                      local.second);
}

int64_t TimestampTzToLocal(int64_t us, const TimeZone& zone) {
  if (!IsFiniteTimestamp(us)) return us;
  const int64_t local = us + OffsetAt(zone, us).seconds_east * kUsPerSecond;
  if (!IsValidTimestamp(local)) ThrowTimestampOutOfRange();
  return local;
}

int64_t LocalToTimestampTz(int64_t us, const TimeZone& zone) {
  if (!IsFiniteTimestamp(us)) return us;
  const int64_t instant =
      us - OffsetOfLocal(zone, SplitTimestamp(us)).seconds_east * kUsPerSecond;
  if (!IsValidTimestamp(instant)) ThrowTimestampOutOfRange();
  return instant;
}

int64_t RoundToPrecision(int64_t us, int32_t precision) {
  if (precision < 0 || precision >= 6 || !IsFiniteTimestamp(us)) return us;
  static constexpr int64_t kScales[] = {1'000'000, 100'000, 10'000, 1'000, 100, 10};
  const int64_t scale = kScales[precision];
  const int64_t half = scale / 2;
  return us >= 0 ? (us + half) / scale * scale : -((-us + half) / scale * scale);
}

void ThrowTimestampOutOfRange() {
  throw SqlError(SqlState::kDatetimeValueOutOfRange, "timestamp out of range");
}
void ThrowDateOutOfRange() {
  throw SqlError(SqlState::kDatetimeValueOutOfRange, "date out of range");
}
void ThrowIntervalOutOfRange() {
  throw SqlError(SqlState::kDatetimeValueOutOfRange, "interval out of range");
}

}  // namespace grizzly::types
