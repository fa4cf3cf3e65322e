// date, time, timetz, timestamp, timestamptz: text in and out, order, and their arithmetic among
// each other (with intervals: interval.h; fields: date_part.h).
//
// VALUES  as datetime.h has them; the two extremes of date and timestamp are the infinities.
// ERRORS  22007 for bad text, 22008 for what is out of range.
#pragma once

#include <string>
#include <string_view>

#include "types/datetime.h"
#include "types/fixed16.h"
#include "types/io_settings.h"

namespace grizzly::types {

// ---- text ----
// A precision (typmod) of 0..6 rounds; kNoTypmod keeps microseconds.
int32_t ParseDate(std::string_view text, const IoSettings& settings);
int64_t ParseTime(std::string_view text, int32_t precision, const IoSettings& settings);
TimeTzValue ParseTimeTz(std::string_view text, int32_t precision, const IoSettings& settings);
int64_t ParseTimestamp(std::string_view text, int32_t precision, const IoSettings& settings);
int64_t ParseTimestampTz(std::string_view text, int32_t precision, const IoSettings& settings);

void AppendDate(std::string& out, int32_t date, const IoSettings& settings);
void AppendTime(std::string& out, int64_t time);
void AppendTimeTz(std::string& out, const TimeTzValue& value);
void AppendTimestamp(std::string& out, int64_t timestamp, const IoSettings& settings);
void AppendTimestampTz(std::string& out, int64_t timestamp, const IoSettings& settings);
// "+02", "-08:30", "+05:53:28"; `always_minutes` as ISO 8601 in XML and JSON wants it.
void AppendZoneOffset(std::string& out, int32_t seconds_east, bool always_minutes = false);

// ---- casts ----
int64_t DateToTimestamp(int32_t date);                          // 22008 beyond timestamp's range
int64_t DateToTimestampTz(int32_t date, const TimeZone& zone);
int32_t TimestampToDate(int64_t timestamp);
int64_t TimestampToTime(int64_t timestamp);                     // finite values only
TimeTzValue TimestampTzToTimeTz(int64_t timestamptz, const TimeZone& zone);
TimeTzValue TimeToTimeTz(int64_t time, const IoSettings& settings);  // today's offset
TimeTzValue RoundTimeTz(const TimeTzValue& value, int32_t precision);
// timetz AT TIME ZONE with an offset.
TimeTzValue TimeTzAtOffset(const TimeTzValue& value, int32_t seconds_east);

// ---- order ----
// By the instant in UTC, then by the zone.
int CompareTimeTz(const TimeTzValue& a, const TimeTzValue& b);
// date against timestamp without overflow: dates beyond timestamp's range are still ordered.
int CompareDateToTimestamp(int32_t date, int64_t timestamp);
int CompareDateToTimestampTz(int32_t date, int64_t timestamptz, const TimeZone& zone);

// ---- arithmetic ----
int32_t DateAddDays(int32_t date, int32_t days);        // 22008
int32_t DateSubtract(int32_t a, int32_t b);             // days; 22008 for infinities
int64_t MakeTime(int32_t hour, int32_t minute, double second);
int32_t MakeDate(int32_t year, int32_t month, int32_t day);  // a negative year is BC
int64_t MakeTimestamp(int32_t year, int32_t month, int32_t day, int32_t hour, int32_t minute,
                      double second);
// to_timestamp(double precision): seconds since 1970.
int64_t TimestampTzFromEpoch(double seconds);
// AT TIME ZONE with a zone's name, abbreviation or POSIX specification. 22023 when unknown.
int64_t TimestampAtZone(int64_t timestamp, std::string_view zone);        // to timestamptz
int64_t TimestampTzAtZone(int64_t timestamptz, std::string_view zone);    // to timestamp
TimeTzValue TimeTzAtZone(const TimeTzValue& value, std::string_view zone, int64_t now_us);

}  // namespace grizzly::types
