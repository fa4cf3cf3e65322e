// extract(), date_part(), date_trunc(), date_bin().
//
// `unit` is the field's name as the user wrote it. ERRORS 22023 for a word that is no unit, 0A000
// for a unit the type does not have.
#pragma once

#include <optional>
#include <string_view>

#include "types/datetime.h"
#include "types/fixed16.h"
#include "types/numeric.h"

namespace grizzly::types {

// A field's value, before it becomes numeric (extract) or float8 (date_part).
struct TimePartValue {
  enum class Kind : uint8_t { kNull, kInfinity, kNegativeInfinity, kNumber, kSeconds, kJulian };
  Kind kind = Kind::kNumber;
  Int128 unscaled = 0;  // kJulian: the day
  int scale = 0;        // kSeconds: 6, or 3 for milliseconds; unscaled is in microseconds
  int64_t us_of_day = 0;  // kJulian
};

TimePartValue TimestampPart(std::string_view unit, int64_t timestamp);
TimePartValue TimestampTzPart(std::string_view unit, int64_t timestamptz, const TimeZone& zone);
TimePartValue DatePart(std::string_view unit, int32_t date);
TimePartValue TimeOfDayPart(std::string_view unit, int64_t time);
TimePartValue TimeTzPart(std::string_view unit, const TimeTzValue& value);
TimePartValue IntervalPart(std::string_view unit, const IntervalValue& value);

// extract(): numeric with PostgreSQL's scales; nullopt is NULL.
std::optional<StringRef> PartToNumeric(const TimePartValue& part, Arena& arena);
// date_part().
std::optional<double> PartToFloat8(const TimePartValue& part);

int64_t TruncateTimestamp(std::string_view unit, int64_t timestamp);
// On the local clock of `zone`.
int64_t TruncateTimestampTz(std::string_view unit, int64_t timestamptz, const TimeZone& zone);
IntervalValue TruncateInterval(std::string_view unit, const IntervalValue& value);
// date_bin(): the start of the stride, counted from `origin`, that `timestamp` lies in.
int64_t BinTimestamp(const IntervalValue& stride, int64_t timestamp, int64_t origin);

}  // namespace grizzly::types
