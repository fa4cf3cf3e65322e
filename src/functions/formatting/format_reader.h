// The first half of parse_datetime.h: text into the numbers its format asks for.
#pragma once

#include <string_view>

#include "functions/formatting/datetime_format.h"
#include "functions/formatting/parse_datetime.h"

namespace grizzly::functions {

// Zero: not said (or said as zero, which counts as not said).
struct FormatFields {
  int hour = 0, minute = 0, second = 0, millisecond = 0, microsecond = 0, seconds_of_day = 0;
  int year = 0, month = 0, day = 0, day_of_year = 0, week = 0, week_of_month = 0, century = 0;
  int julian = 0;
  int weekday = 0;      // 1 is Sunday
  int year_digits = 0;  // 1 to 4
  int zone_sign = 0, zone_hours = 0, zone_minutes = 0;
  int afternoon = 0, before_christ = 0;
  bool is_12_hours = false;
  bool is_iso_week = false, is_gregorian = false;
};

FormatFields ReadByFormat(std::string_view text, const DateFormat& format, FormatMode mode);

}  // namespace grizzly::functions
