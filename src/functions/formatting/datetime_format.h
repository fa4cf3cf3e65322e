// The patterns of to_char(), to_date() and to_timestamp(): a format text taken apart once.
//
// SOURCE  PostgreSQL 15 docs, 9.8 "Data Type Formatting Functions"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace grizzly::functions {

enum class DateField : uint8_t {
  kLiteral,    // text as it stands
  kSeparator,  // one character that is neither letter nor digit
  kAmPm, kAmPmDots, kBcAd, kBcAdDots,
  kHour12, kHour24, kMinute, kSecond, kMilliseconds, kMicroseconds, kFraction, kSecondsOfDay,
  kYearComma, kYear, kIsoYear,
  kMonthName, kMonthShort, kMonth, kRomanMonth,
  kDayName, kDayShort, kDayOfYear, kIsoDayOfYear, kDay, kWeekday, kIsoWeekday,
  kWeekOfMonth, kWeek, kIsoWeek, kCentury, kJulian, kQuarter,
  kZone, kZoneHours, kZoneMinutes, kZoneOffset,
};

enum class LetterCase : uint8_t { kUpper, kCapital, kLower };

struct FormatNode {
  DateField field = DateField::kLiteral;
  std::string text;        // of literals; else the pattern as written
  int digits = 0;          // years: 4 to 1; fractions: 1 to 6; else the usual width
  LetterCase letters = LetterCase::kUpper;
  bool fill = false;       // FM: no blanks and leading zeros
  bool translated = false; // TM
  bool exact = false;      // FX came before it
  bool quoted = false;     // a literal in double quotes
  char ordinal = '\0';     // 'T': TH, 't': th
};

struct DateFormat {
  std::vector<FormatNode> nodes;
};

DateFormat ParseDateFormat(std::string_view format);

inline constexpr std::string_view kMonthNames[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
inline constexpr std::string_view kDayNames[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                 "Thursday", "Friday", "Saturday"};
inline constexpr std::string_view kRomanMonths[] = {"I",   "II",   "III", "IV", "V",  "VI",
                                                    "VII", "VIII", "IX",  "X",  "XI", "XII"};

}  // namespace grizzly::functions
