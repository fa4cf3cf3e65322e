#include "types/civil_date.h"

namespace grizzly::types {

int64_t DayFromIsoWeek(int32_t iso_year, int32_t week) {
  const int64_t fourth = DayFromCivil(iso_year, 1, 4);
  const int32_t since_monday = (DayOfWeek(fourth) + 6) % 7;
  return fourth - since_monday + (week - 1) * int64_t{7};
}

int32_t IsoYear(const CivilDate& date) {
  const int64_t day = DayFromCivil(date.year, date.month, date.day);
  if (day >= DayFromIsoWeek(date.year + 1, 1)) return date.year + 1;
  return day < DayFromIsoWeek(date.year, 1) ? date.year - 1 : date.year;
}

int32_t IsoWeek(const CivilDate& date) {
  const int64_t day = DayFromCivil(date.year, date.month, date.day);
  return static_cast<int32_t>((day - DayFromIsoWeek(IsoYear(date), 1)) / 7) + 1;
}

}  // namespace grizzly::types
