#include "types/interval.h"

#include <cmath>
#include <limits>

#include "base/error/sql_error.h"
#include "types/hash_bytes.h"
#include "types/value_error.h"

namespace grizzly::types {
namespace {

constexpr double kSecondsPerDay = 86400;

int32_t AddChecked(int32_t a, int32_t b) {
  int32_t sum;
  if (__builtin_add_overflow(a, b, &sum)) ThrowIntervalOutOfRange();
  return sum;
}

int64_t AddChecked(int64_t a, int64_t b) {
  int64_t sum;
  if (__builtin_add_overflow(a, b, &sum)) ThrowIntervalOutOfRange();
  return sum;
}

int32_t ToInt32Checked(double value) {
  if (std::isnan(value) || value > std::numeric_limits<int32_t>::max() ||
      value < std::numeric_limits<int32_t>::min()) {
    ThrowIntervalOutOfRange();
  }
  return static_cast<int32_t>(value);
}

int64_t ToInt64Checked(double value) {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (std::isnan(value) || value >= kLimit || value < -kLimit) ThrowIntervalOutOfRange();
  return static_cast<int64_t>(value);
}

double RoundToMicro(double value) { return std::rint(value * 1e6) / 1e6; }

// Whole months and days of a scaled interval; fractions go down to days and time.
IntervalValue Cascade(double months, double days, double microseconds) {
  IntervalValue result;
  result.months = ToInt32Checked(months);
  result.days = ToInt32Checked(days);
  const double days_of_months = RoundToMicro((months - result.months) * kDaysPerMonth);
  const int32_t whole_days_of_months = static_cast<int32_t>(days_of_months);
  double seconds = RoundToMicro((days - result.days + days_of_months - whole_days_of_months) *
                                kSecondsPerDay);
  if (std::fabs(seconds) >= kSecondsPerDay) {
    const auto whole = static_cast<int32_t>(seconds / kSecondsPerDay);
    result.days = AddChecked(result.days, whole);
    seconds -= whole * kSecondsPerDay;
  }
  result.days = AddChecked(result.days, whole_days_of_months);
  result.microseconds =
      ToInt64Checked(std::rint(microseconds + seconds * static_cast<double>(kUsPerSecond)));
  return result;
}

// Brings days and time to one sign.
void AlignDayAndTime(IntervalValue& value) {
  if (value.days > 0 && value.microseconds < 0) {
    value.microseconds += kUsPerDay;
    --value.days;
  } else if (value.days < 0 && value.microseconds > 0) {
    value.microseconds -= kUsPerDay;
    ++value.days;
  }
}

void MoveTimeToDays(IntervalValue& value) {
  value.days = AddChecked(value.days, static_cast<int32_t>(value.microseconds / kUsPerDay));
  value.microseconds %= kUsPerDay;
}

void MoveDaysToMonths(IntervalValue& value) {
  value.months = AddChecked(value.months, value.days / kDaysPerMonth);
  value.days %= kDaysPerMonth;
}

// Adds months, the day clipped to the month's last.
void AddMonths(DateTimeFields& fields, int32_t months) {
  const int64_t total = int64_t{fields.year} * 12 + fields.month - 1 + months;
  const int64_t year = FloorDiv(total, 12);
  if (year < std::numeric_limits<int32_t>::min() || year > std::numeric_limits<int32_t>::max()) {
    ThrowTimestampOutOfRange();
  }
  fields.year = static_cast<int32_t>(year);
  fields.month = static_cast<int32_t>(total - year * 12) + 1;
  fields.day = std::min(fields.day, DaysInMonth(fields.year, fields.month));
}

void AddDays(DateTimeFields& fields, int32_t days) {
  const CivilDate date =
      CivilFromDay(DayFromCivil(fields.year, fields.month, fields.day) + days);
  fields.year = date.year;
  fields.month = date.month;
  fields.day = date.day;
}

int64_t Join(const DateTimeFields& fields) {
  int64_t us;
  if (!JoinTimestamp(fields, &us)) ThrowTimestampOutOfRange();
  return us;
}

int64_t AddTime(int64_t us, int64_t time) {
  if (__builtin_add_overflow(us, time, &us) || !IsValidTimestamp(us)) ThrowTimestampOutOfRange();
  return us;
}

// The local fields joined and moved to the instant.
int64_t JoinInZone(const DateTimeFields& fields, const TimeZone& zone) {
  int64_t us;
  if (!IsValidJulian(fields.year, fields.month, fields.day) ||
      __builtin_mul_overflow(DayFromCivil(fields.year, fields.month, fields.day), kUsPerDay, &us)) {
    ThrowTimestampOutOfRange();
  }
  return AddTime(us, TimeOfDay(fields) - OffsetOfLocal(zone, fields).seconds_east * kUsPerSecond);
}

IntervalValue AgeOfFields(const DateTimeFields& a, const DateTimeFields& b, bool a_first) {
  const int sign = a_first ? -1 : 1;
  int64_t us = sign * (TimeOfDay(a) - TimeOfDay(b));
  int32_t days = sign * (a.day - b.day);
  int32_t months = sign * ((a.year - b.year) * kMonthsPerYear + a.month - b.month);
  if (us < 0) {
    us += kUsPerDay;
    --days;
  }
  while (days < 0) {
    const DateTimeFields& earlier = a_first ? a : b;
    days += DaysInMonth(earlier.year, earlier.month);
    --months;
  }
  return {sign * us, sign * days, sign * months};
}

}  // namespace

__int128 IntervalSpan(const IntervalValue& value) {
  const int64_t days = int64_t{value.months} * kDaysPerMonth + value.days;
  return static_cast<__int128>(days) * kUsPerDay + value.microseconds;
}

int CompareIntervals(const IntervalValue& a, const IntervalValue& b) {
  const __int128 left = IntervalSpan(a);
  const __int128 right = IntervalSpan(b);
  return left < right ? -1 : (left > right ? 1 : 0);
}

uint64_t HashInterval(const IntervalValue& value) {
  const __int128 span = IntervalSpan(value);
  return MixHash(static_cast<uint64_t>(span), static_cast<uint64_t>(span >> 64));
}

IntervalValue IntervalAdd(const IntervalValue& a, const IntervalValue& b) {
  return {AddChecked(a.microseconds, b.microseconds), AddChecked(a.days, b.days),
          AddChecked(a.months, b.months)};
}

IntervalValue IntervalNegate(const IntervalValue& a) {
  IntervalValue result;
  if (__builtin_sub_overflow(int64_t{0}, a.microseconds, &result.microseconds) ||
      __builtin_sub_overflow(0, a.days, &result.days) ||
      __builtin_sub_overflow(0, a.months, &result.months)) {
    ThrowIntervalOutOfRange();
  }
  return result;
}

IntervalValue IntervalSubtract(const IntervalValue& a, const IntervalValue& b) {
  IntervalValue result;
  if (__builtin_sub_overflow(a.microseconds, b.microseconds, &result.microseconds) ||
      __builtin_sub_overflow(a.days, b.days, &result.days) ||
      __builtin_sub_overflow(a.months, b.months, &result.months)) {
    ThrowIntervalOutOfRange();
  }
  return result;
}

IntervalValue IntervalMultiply(const IntervalValue& a, double factor) {
  return Cascade(a.months * factor, a.days * factor, static_cast<double>(a.microseconds) * factor);
}

IntervalValue IntervalDivide(const IntervalValue& a, double divisor) {
  if (divisor == 0) ThrowDivisionByZero();
  return Cascade(a.months / divisor, a.days / divisor,
                 static_cast<double>(a.microseconds) / divisor);
}

IntervalValue JustifyHours(const IntervalValue& a) {
  IntervalValue result = a;
  MoveTimeToDays(result);
  AlignDayAndTime(result);
  return result;
}

IntervalValue JustifyDays(const IntervalValue& a) {
  IntervalValue result = a;
  MoveDaysToMonths(result);
  if (result.months > 0 && result.days < 0) {
    result.days += kDaysPerMonth;
    --result.months;
  } else if (result.months < 0 && result.days > 0) {
    result.days -= kDaysPerMonth;
    ++result.months;
  }
  return result;
}

IntervalValue JustifyInterval(const IntervalValue& a) {
  IntervalValue result = a;
  const bool same_sign = (a.days > 0 && a.microseconds > 0) || (a.days < 0 && a.microseconds < 0);
  if (same_sign) MoveDaysToMonths(result);  // first, so that days do not overflow
  MoveTimeToDays(result);
  MoveDaysToMonths(result);
  const bool below_zero = result.days < 0 || (result.days == 0 && result.microseconds < 0);
  const bool above_zero = result.days > 0 || (result.days == 0 && result.microseconds > 0);
  if (result.months > 0 && below_zero) {
    result.days += kDaysPerMonth;
    --result.months;
  } else if (result.months < 0 && above_zero) {
    result.days -= kDaysPerMonth;
    ++result.months;
  }
  AlignDayAndTime(result);
  return result;
}

IntervalValue MakeInterval(int32_t years, int32_t months, int32_t weeks, int32_t days,
                           int32_t hours, int32_t minutes, double seconds) {
  if (std::isinf(seconds) || std::isnan(seconds)) ThrowIntervalOutOfRange();
  // PostgreSQL 15 lets these wrap.
  const double us = std::rint(seconds * static_cast<double>(kUsPerSecond));
  const bool fits = us >= -9223372036854775808.0 && us < 9223372036854775808.0;
  const int64_t whole = fits ? static_cast<int64_t>(us) : std::numeric_limits<int64_t>::min();
  IntervalValue result;
  result.months = static_cast<int32_t>(static_cast<uint32_t>(years) * kMonthsPerYear +
                                       static_cast<uint32_t>(months));
  result.days =
      static_cast<int32_t>(static_cast<uint32_t>(weeks) * 7 + static_cast<uint32_t>(days));
  result.microseconds = static_cast<int64_t>(
      static_cast<uint64_t>(hours * kUsPerHour + minutes * kUsPerMinute) +
      static_cast<uint64_t>(whole));
  return result;
}

IntervalValue ApplyIntervalTypmod(const IntervalValue& value, int32_t typmod) {
  if (typmod < 0) return value;
  IntervalValue result = value;
  const int32_t fields = IntervalFields(typmod);
  CheckIntervalTypmod(typmod);
  const auto cut_time = [&](int64_t unit) { result.microseconds = result.microseconds / unit * unit; };
  if (fields != kIntervalFullRange) {
    const bool has_time = (fields & (kIntervalHour | kIntervalMinute | kIntervalSecond)) != 0;
    if (!has_time) {
      result.microseconds = 0;
      if ((fields & kIntervalDay) == 0) {
        result.days = 0;
        if ((fields & kIntervalMonth) == 0) {
          result.months = result.months / kMonthsPerYear * kMonthsPerYear;
        }
      }
    } else if ((fields & kIntervalSecond) == 0) {
      cut_time((fields & kIntervalMinute) != 0 ? kUsPerMinute : kUsPerHour);
    }
  }
  const int32_t precision = IntervalPrecision(typmod);
  if (precision != kIntervalFullPrecision) {
    // The extreme value is an ordinary one here, not an infinity.
    if (IsFiniteTimestamp(result.microseconds)) {
      result.microseconds = RoundToPrecision(result.microseconds, precision);
    }
  }
  return result;
}

int64_t TimestampAddInterval(int64_t timestamp, const IntervalValue& value) {
  if (!IsFiniteTimestamp(timestamp)) return timestamp;
  if (value.months != 0) {
    DateTimeFields fields = SplitTimestamp(timestamp);
    AddMonths(fields, value.months);
    timestamp = Join(fields);
  }
  if (value.days != 0) {
    DateTimeFields fields = SplitTimestamp(timestamp);
    AddDays(fields, value.days);
    timestamp = Join(fields);
  }
  return AddTime(timestamp, value.microseconds);
}

int64_t TimestampTzAddInterval(int64_t timestamptz, const IntervalValue& value,
                               const TimeZone& zone) {
  if (!IsFiniteTimestamp(timestamptz)) return timestamptz;
  const auto local = [&] {
    return SplitTimestamp(timestamptz + OffsetAt(zone, timestamptz).seconds_east * kUsPerSecond);
  };
  if (value.months != 0) {
    DateTimeFields fields = local();
    AddMonths(fields, value.months);
    timestamptz = JoinInZone(fields, zone);
  }
  if (value.days != 0) {
    DateTimeFields fields = local();
    AddDays(fields, value.days);
    timestamptz = JoinInZone(fields, zone);
  }
  return AddTime(timestamptz, value.microseconds);
}

IntervalValue TimestampSubtract(int64_t a, int64_t b) {
  if (!IsFiniteTimestamp(a) || !IsFiniteTimestamp(b)) {
    throw SqlError(SqlState::kDatetimeValueOutOfRange, "cannot subtract infinite timestamps");
  }
  IntervalValue difference;
  if (__builtin_sub_overflow(a, b, &difference.microseconds)) ThrowIntervalOutOfRange();
  return JustifyHours(difference);
}

int64_t TimeAddInterval(int64_t time, const IntervalValue& value) {
  const int64_t sum = time + value.microseconds % kUsPerDay;
  return sum - FloorDiv(sum, kUsPerDay) * kUsPerDay;
}

namespace {

// PostgreSQL 15 takes infinity for the instant that its number is; -infinity is none of its calendar.
DateTimeFields AgeFields(int64_t timestamp, int64_t offset_us) {
  if (timestamp == kTimestampNegativeInfinity) ThrowTimestampOutOfRange();
  if (timestamp != kTimestampInfinity) return SplitTimestamp(timestamp + offset_us);
  // A day less, so that nothing overflows; the month has days on both sides.
  DateTimeFields fields = SplitTimestamp(timestamp - kUsPerDay + offset_us);
  ++fields.day;
  return fields;
}
DateTimeFields AgeFieldsInZone(int64_t timestamp, const TimeZone& zone) {
  return AgeFields(timestamp, OffsetAt(zone, timestamp).seconds_east * kUsPerSecond);
}

}  // namespace

IntervalValue TimestampAge(int64_t a, int64_t b) {
  return AgeOfFields(AgeFields(a, 0), AgeFields(b, 0), a < b);
}

IntervalValue TimestampTzAge(int64_t a, int64_t b, const TimeZone& zone) {
  return AgeOfFields(AgeFieldsInZone(a, zone), AgeFieldsInZone(b, zone), a < b);
}

}  // namespace grizzly::types
