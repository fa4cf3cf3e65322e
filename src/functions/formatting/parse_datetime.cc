#include "functions/formatting/parse_datetime.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/formatting/format_reader.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

constexpr int kZoneHoursMax = 15;

// Puts the numbers together.
class Assembler {
 public:
  Assembler(const FormatFields& read, View text) : r_(read), text_(text) {}

  types::DateTimeFields Run() {
    fields_.month = 1;
    fields_.day = 1;
    Time();
    Year();
    Date();
    CheckDate();
    return fields_;
  }

  std::optional<int32_t> Zone() const {
    if (r_.zone_sign == 0) return std::nullopt;
    if (r_.zone_hours < 0 || r_.zone_hours > kZoneHoursMax || r_.zone_minutes < 0 ||
        r_.zone_minutes >= 60) {
      ThrowRange();
    }
    return r_.zone_sign * (r_.zone_hours * 3600 + r_.zone_minutes * 60);
  }

 private:
  [[noreturn]] void ThrowRange() const {
    throw SqlError(SqlState::kDatetimeFieldOverflow,
                   fmt::format("date/time field value out of range: \"{}\"", text_));
  }

  void Time() {
    if (r_.seconds_of_day != 0) {
      fields_.hour = r_.seconds_of_day / 3600;
      fields_.minute = r_.seconds_of_day % 3600 / 60;
      fields_.second = r_.seconds_of_day % 60;
    }
    if (r_.second != 0) fields_.second = r_.second;
    if (r_.minute != 0) fields_.minute = r_.minute;
    if (r_.hour != 0) fields_.hour = r_.hour;
    if (r_.is_12_hours) {
      if (fields_.hour < 1 || fields_.hour > 12) {
        throw SqlError(SqlState::kInvalidDatetimeFormat,
                       fmt::format("hour \"{}\" is invalid for the 12-hour clock", fields_.hour))
            .Hint("Use the 24-hour clock, or give an hour between 1 and 12.");
      }
      if (r_.afternoon != 0 && fields_.hour < 12) {
        fields_.hour += 12;
      } else if (r_.afternoon == 0 && fields_.hour == 12) {
        fields_.hour = 0;
      }
    }
    const int64_t microseconds = int64_t{r_.millisecond} * 1000 + r_.microsecond;
    if (fields_.hour < 0 || fields_.hour >= 24 || fields_.minute < 0 || fields_.minute > 59 ||
        fields_.second < 0 || fields_.second > 59 || microseconds < 0 ||
        microseconds >= types::kUsPerSecond) {
      ThrowRange();
    }
    fields_.microsecond = static_cast<int32_t>(microseconds);
  }

  void Year() {
    const bool is_bc = r_.before_christ != 0;
    const int century = is_bc ? -r_.century : r_.century;
    if (r_.year == 0 && r_.century == 0) return;
    has_year_ = true;
    if (r_.year == 0) {  // the first of the century
      fields_.year = century >= 0 ? (century - 1) * 100 + 1 : century * 100 + 1;
    } else if (r_.century != 0 && r_.year_digits <= 2) {
      // The 21st century is 2001 to 2100, the 6th BC 600 BC to 501 BC.
      const int in_century = r_.year % 100;
      if (in_century == 0) {
        fields_.year = century * 100 + (century >= 0 ? 0 : 1);
      } else if (century >= 0) {
        fields_.year = in_century + (century - 1) * 100;
      } else {
        fields_.year = (century + 1) * 100 - in_century + 1;
      }
    } else {
      fields_.year = is_bc ? -r_.year : r_.year;
      if (fields_.year < 0) ++fields_.year;  // there is no year zero
    }
  }

  void SetDate(int64_t day) {
    const types::CivilDate date = types::CivilFromDay(day);
    fields_.year = date.year;
    fields_.month = date.month;
    fields_.day = date.day;
    has_year_ = has_month_ = has_day_ = true;
  }

  void Date() {
    int day_of_year = r_.day_of_year;
    int day = r_.day;
    if (r_.julian != 0) SetDate(int64_t{r_.julian} - types::kJulianDayOf2000);
    if (r_.week != 0 && r_.is_iso_week) {
      // weekday counts from Sunday, ISO weeks from Monday.
      const int after_monday = r_.weekday == 0 ? 0 : (r_.weekday > 1 ? r_.weekday - 2 : 6);
      SetDate(types::DayFromIsoWeek(fields_.year, r_.week) + after_monday);
    } else if (r_.week != 0) {
      day_of_year = (r_.week - 1) * 7 + 1;
    }
    if (r_.week_of_month != 0) day = (r_.week_of_month - 1) * 7 + 1;
    if (day != 0) {
      fields_.day = day;
      has_day_ = true;
    }
    if (r_.month != 0) {
      fields_.month = r_.month;
      has_month_ = true;
    }
    if (day_of_year != 0 && (fields_.month <= 1 || fields_.day <= 1)) DayOfYear(day_of_year);
  }

  void DayOfYear(int number) {
    if (fields_.year == 0 && r_.before_christ == 0) {
      throw SqlError(SqlState::kInvalidDatetimeFormat,
                     "cannot calculate day of year without year information");
    }
    if (r_.is_iso_week) {
      SetDate(types::DayFromIsoWeek(fields_.year, 1) + number - 1);
      return;
    }
    // Month and day are only set where they say nothing yet.
    int month = 1;
    int before = 0;
    while (month <= 12 && number > before + types::DaysInMonth(fields_.year, month)) {
      before += types::DaysInMonth(fields_.year, month++);
    }
    if (fields_.month <= 1) fields_.month = month;
    if (fields_.day <= 1) fields_.day = number - before;
    has_month_ = has_day_ = true;
  }

  void CheckDate() const {
    if (has_month_ && (fields_.month < 1 || fields_.month > 12)) ThrowRange();
    if (has_day_ && (fields_.day < 1 || fields_.day > 31)) ThrowRange();
    if (has_year_ && has_month_ && has_day_ &&
        fields_.day > types::DaysInMonth(fields_.year, fields_.month)) {
      ThrowRange();
    }
  }

  const FormatFields& r_;
  const View text_;
  types::DateTimeFields fields_;
  bool has_year_ = false, has_month_ = false, has_day_ = false;
};

void Describe(const DateFormat& format, FormattedDateTime& result) {
  for (const FormatNode& node : format.nodes) {
    switch (node.field) {
      case DateField::kLiteral:
      case DateField::kSeparator: break;
      case DateField::kZone: case DateField::kZoneHours: case DateField::kZoneMinutes:
      case DateField::kZoneOffset: result.has_zone = true; break;
      case DateField::kAmPm: case DateField::kAmPmDots: case DateField::kHour12:
      case DateField::kHour24: case DateField::kMinute: case DateField::kSecond:
      case DateField::kMilliseconds: case DateField::kMicroseconds:
      case DateField::kSecondsOfDay: result.has_time = true; break;
      case DateField::kFraction:
        result.has_time = true;
        result.fraction_digits = node.digits;
        break;
      default: result.has_date = true;
    }
  }
}

// SQL/JSON has few separators, and letters only in quotes.
void CheckStandard(const DateFormat& format) {
  for (const FormatNode& node : format.nodes) {
    const bool is_separator = node.field == DateField::kSeparator &&
                              View("-./,':; ").find(node.text[0]) != View::npos;
    if (node.field > DateField::kSeparator || node.quoted || is_separator) continue;
    throw SqlError(SqlState::kInvalidDatetimeFormat,
                   fmt::format("invalid datetime format separator: \"{}\"", node.text));
  }
}

}  // namespace

FormattedDateTime ParseByFormat(View text, View format, FormatMode mode) {
  const DateFormat parsed = ParseDateFormat(format);
  if (mode == FormatMode::kStandard) CheckStandard(parsed);
  const FormatFields read = ReadByFormat(text, parsed, mode);
  Assembler assembler(read, text);
  FormattedDateTime result;
  Describe(parsed, result);
  result.fields = assembler.Run();
  result.zone_seconds_east = assembler.Zone();
  return result;
}

}  // namespace grizzly::functions
