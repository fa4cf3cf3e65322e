// interval: months, days and microseconds, kept apart; text, order and arithmetic.
//
// Equality and order are those of the span, with a month of 30 days and a day of 24 hours.
// ERRORS  22007 for bad text, 22015 for a field out of range in text, 22008 "interval out of range".
#pragma once

#include <string>
#include <string_view>

#include "types/datetime.h"
#include "types/fixed16.h"
#include "types/interval_fields.h"
#include "types/io_settings.h"

namespace grizzly::types {

inline constexpr int32_t kMonthsPerYear = 12;
inline constexpr int32_t kDaysPerMonth = 30;

// PostgreSQL's verbose, SQL standard and ISO 8601 forms. `typmod` restricts fields and precision.
IntervalValue ParseInterval(std::string_view text, int32_t typmod, const IoSettings& settings);
void AppendInterval(std::string& out, const IntervalValue& value, IntervalStyle style);
// interval(p), interval day to hour, ...: cuts what lies below the last field.
IntervalValue ApplyIntervalTypmod(const IntervalValue& value, int32_t typmod);

// Microseconds as one number.
__int128 IntervalSpan(const IntervalValue& value);
int CompareIntervals(const IntervalValue& a, const IntervalValue& b);
uint64_t HashInterval(const IntervalValue& value);

IntervalValue IntervalAdd(const IntervalValue& a, const IntervalValue& b);
IntervalValue IntervalSubtract(const IntervalValue& a, const IntervalValue& b);
IntervalValue IntervalNegate(const IntervalValue& a);
IntervalValue IntervalMultiply(const IntervalValue& a, double factor);
IntervalValue IntervalDivide(const IntervalValue& a, double divisor);  // 22012
IntervalValue JustifyHours(const IntervalValue& a);
IntervalValue JustifyDays(const IntervalValue& a);
IntervalValue JustifyInterval(const IntervalValue& a);
IntervalValue MakeInterval(int32_t years, int32_t months, int32_t weeks, int32_t days,
                           int32_t hours, int32_t minutes, double seconds);

// Months first (the day is clipped to the month), then days, then time.
int64_t TimestampAddInterval(int64_t timestamp, const IntervalValue& value);
// Months and days move the local date in `zone`; the time is added to the instant.
int64_t TimestampTzAddInterval(int64_t timestamptz, const IntervalValue& value,
                               const TimeZone& zone);
// Days and time; 22008 for infinities.
IntervalValue TimestampSubtract(int64_t a, int64_t b);
int64_t TimeAddInterval(int64_t time, const IntervalValue& value);  // wraps at midnight
// Years, months, days and time between two timestamps, by calendar.
IntervalValue TimestampAge(int64_t a, int64_t b);
IntervalValue TimestampTzAge(int64_t a, int64_t b, const TimeZone& zone);

}  // namespace grizzly::types
