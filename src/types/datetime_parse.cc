#include "types/datetime_parse.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/error/sql_error.h"
#include "types/datetime_decoder.h"

namespace grizzly::types {

void ThrowTimeInputError(TimeInputError error, std::string_view text, std::string_view type) {
  switch (error) {
    case TimeInputError::kFieldOverflow:
      throw SqlError(SqlState::kDatetimeFieldOverflow,
                     fmt::format("date/time field value out of range: \"{}\"", text));
    case TimeInputError::kMonthDayOverflow:
      throw SqlError(SqlState::kDatetimeFieldOverflow,
                     fmt::format("date/time field value out of range: \"{}\"", text))
          .Hint("Perhaps you need a different \"datestyle\" setting.");
    case TimeInputError::kIntervalOverflow:
      throw SqlError(SqlState::kIntervalFieldOverflow,
                     fmt::format("interval field value out of range: \"{}\"", text));
    case TimeInputError::kZoneOverflow:
      throw SqlError(SqlState::kInvalidTimeZoneDisplacementValue,
                     fmt::format("time zone displacement out of range: \"{}\"", text));
    default:
      throw SqlError(SqlState::kInvalidDatetimeFormat,
                     fmt::format("invalid input syntax for type {}: \"{}\"", type, text));
  }
}

bool TakeInteger(std::string_view text, int64_t low, int64_t high, int64_t* value, size_t* used) {
  size_t at = 0;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  const size_t first_digit = at;
  int64_t number = 0;
  bool overflow = false;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    overflow |= __builtin_mul_overflow(number, int64_t{10}, &number);
    overflow |= __builtin_sub_overflow(number, int64_t{text[at] - '0'}, &number);
  }
  *used = at == first_digit ? 0 : at;
  if (!negative) overflow |= __builtin_sub_overflow(int64_t{0}, number, &number);
  *value = number;
  return !overflow && number >= low && number <= high;
}

bool DecodeFraction(std::string_view text, int32_t* microsecond) {
  *microsecond = 0;
  if (text == ".") return true;
  for (const char c : text.substr(1)) {
    if (c < '0' || c > '9') return false;
  }
  const double fraction = std::strtod(std::string(text).c_str(), nullptr);
  *microsecond = static_cast<int32_t>(std::rint(fraction * 1e6));
  return true;
}

TimeInputError DecodeZoneOffset(std::string_view text, int32_t* seconds_east) {
  constexpr int64_t kIntMax = std::numeric_limits<int32_t>::max();
  constexpr int64_t kHoursMax = 15;
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return TimeInputError::kBadFormat;
  const bool negative = text[0] == '-';
  std::string_view rest = text.substr(1);
  int64_t hours = 0, minutes = 0, seconds = 0;
  size_t used;
  if (!TakeInteger(rest, 0, kIntMax, &hours, &used)) return TimeInputError::kZoneOverflow;
  rest.remove_prefix(used);
  if (rest.starts_with(':')) {
    if (!TakeInteger(rest.substr(1), 0, kIntMax, &minutes, &used)) {
      return TimeInputError::kZoneOverflow;
    }
    rest.remove_prefix(used + 1);
    if (rest.starts_with(':')) {
      if (!TakeInteger(rest.substr(1), 0, kIntMax, &seconds, &used)) {
        return TimeInputError::kZoneOverflow;
      }
      rest.remove_prefix(used + 1);
    }
  } else if (rest.empty() && text.size() > 3) {  // hhmm run together
    minutes = hours % 100;
    hours /= 100;
  }
  if (hours > kHoursMax || minutes >= 60 || seconds >= 60) return TimeInputError::kZoneOverflow;
  *seconds_east = static_cast<int32_t>((hours * 60 + minutes) * 60 + seconds);
  if (negative) *seconds_east = -*seconds_east;
  return rest.empty() ? TimeInputError::kNone : TimeInputError::kBadFormat;
}

DecodedDateTime DecodeDateTime(std::string_view text, std::string_view type,
                               const IoSettings& settings) {
  DateTimeDecoder decoder(settings);
  const TimeInputError error = decoder.DecodeDateTime(text);
  if (error != TimeInputError::kNone) ThrowTimeInputError(error, text, type);
  return decoder.decoded();
}

DecodedDateTime DecodeTimeOfDay(std::string_view text, std::string_view type,
                                const IoSettings& settings) {
  DateTimeDecoder decoder(settings);
  const TimeInputError error = decoder.DecodeTimeOfDay(text);
  if (error != TimeInputError::kNone) ThrowTimeInputError(error, text, type);
  return decoder.decoded();
}

}  // namespace grizzly::types
