// The proleptic Gregorian calendar: days to year, month, day and back. Years are astronomical
// (0 is 1 BC). A day is counted from 2000-01-01, a Julian day from 4714-11-24 BC.
//
// SOURCE  Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
#pragma once

#include <cstdint>

namespace grizzly::types {

struct CivilDate {
  int32_t year = 2000;
  int32_t month = 1;
  int32_t day = 1;
  bool operator==(const CivilDate&) const = default;
};

inline constexpr int32_t kJulianDayOf2000 = 2451545;
inline constexpr int32_t kUnixEpochDay = -10957;  // 1970-01-01
inline constexpr int64_t kDaysToMarchOfYear0 = 730425;  // from 0000-03-01 to 2000-01-01

// Months beyond 1..12 and days beyond the month carry over.
constexpr int64_t DayFromCivil(int64_t year, int64_t month, int64_t day) {
  const int64_t months = year * 12 + month - 1;
  year = months >= 0 ? months / 12 : -((11 - months) / 12);
  month = months - year * 12 + 1;
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era + day - 1 - kDaysToMarchOfYear0;
}

constexpr CivilDate CivilFromDay(int64_t day) {
  day += kDaysToMarchOfYear0;
  const int64_t era = (day >= 0 ? day : day - 146096) / 146097;
  const int64_t day_of_era = day - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int64_t month = shifted_month + (shifted_month < 10 ? 3 : -9);
  return {static_cast<int32_t>(year_of_era + era * 400 + (month <= 2)),
          static_cast<int32_t>(month),
          static_cast<int32_t>(day_of_year - (153 * shifted_month + 2) / 5 + 1)};
}

static_assert(DayFromCivil(2000, 1, 1) == 0 && DayFromCivil(1970, 1, 1) == kUnixEpochDay);
static_assert(CivilFromDay(-2451545) == CivilDate{-4713, 11, 24});
static_assert(CivilFromDay(DayFromCivil(2024, 2, 29)) == CivilDate{2024, 2, 29});

constexpr bool IsLeapYear(int32_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}
constexpr int32_t DaysInMonth(int32_t year, int32_t month) {
  constexpr int32_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeapYear(year) ? 29 : kDays[month - 1];
}
// 0 is Sunday.
constexpr int32_t DayOfWeek(int64_t day) {
  const int64_t rest = (day + 6) % 7;
  return static_cast<int32_t>(rest < 0 ? rest + 7 : rest);
}
constexpr int32_t DayOfYear(const CivilDate& date) {
  return static_cast<int32_t>(DayFromCivil(date.year, date.month, date.day) -
                              DayFromCivil(date.year, 1, 1)) + 1;
}

// ISO 8601 weeks: the week of January 4th is the first, weeks start on Monday.
int32_t IsoYear(const CivilDate& date);
int32_t IsoWeek(const CivilDate& date);
// The Monday of that week.
int64_t DayFromIsoWeek(int32_t iso_year, int32_t week);

}  // namespace grizzly::types
