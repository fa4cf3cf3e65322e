// Date and time input, second half: fields into a point in time. For the date and time types.
#pragma once

#include <optional>
#include <string_view>

#include "types/datetime.h"
#include "types/io_settings.h"

namespace grizzly::types {

enum class TimeInputError : uint8_t {
  kNone,
  kBadFormat,           // 22007
  kFieldOverflow,       // 22008
  kMonthDayOverflow,    // 22008, with the hint about DateStyle
  kIntervalOverflow,    // 22015
  kZoneOverflow,        // 22009
};

// Throws the SqlError of `error`; `type` is the short name ("timestamp", "time with time zone").
[[noreturn]] void ThrowTimeInputError(TimeInputError error, std::string_view text,
                                      std::string_view type);

struct DecodedDateTime {
  enum class Kind : uint8_t { kFields, kEpoch, kInfinity, kNegativeInfinity } kind = Kind::kFields;
  DateTimeFields fields;
  int32_t zone_seconds_west = 0;  // given, or the session zone's
};

// A date, with or without a time of day. Throws what PostgreSQL does, with `type` named.
DecodedDateTime DecodeDateTime(std::string_view text, std::string_view type,
                               const IoSettings& settings);
// A time of day, with or without a zone.
DecodedDateTime DecodeTimeOfDay(std::string_view text, std::string_view type,
                                const IoSettings& settings);

// "+08:30" to seconds east. kNone, kBadFormat or kZoneOverflow.
TimeInputError DecodeZoneOffset(std::string_view text, int32_t* seconds_east);

// Digits with an optional sign at the front of `text`; *used says how many bytes. False: overflow.
bool TakeInteger(std::string_view text, int64_t low, int64_t high, int64_t* value, size_t* used);
// ".123" rounded to microseconds; ".": 0.
bool DecodeFraction(std::string_view text, int32_t* microsecond);

}  // namespace grizzly::types
