// Time zone abbreviations of PostgreSQL's "Default" set and the names pg_timezone_names lists, from
// facts/timezone_abbreviations.csv and timezone_names.csv. Constant; any thread; nothing throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace grizzly::facts {

struct TimezoneAbbreviationFact {
  std::string_view abbrev;  // upper case
  int32_t utc_offset_seconds;
  bool is_dst;
  std::string_view zone;  // not NULL: what the abbreviation means changed over time, ask this zone
};

struct TimezoneNameFact {
  std::string_view name;
};

// By the abbreviation in upper case; null if unknown.
const TimezoneAbbreviationFact* FindTimezoneAbbreviation(std::string_view abbrev);
std::span<const TimezoneAbbreviationFact> AllTimezoneAbbreviations();  // by abbrev
std::span<const TimezoneNameFact> AllTimezoneNames();                  // by name, bytewise

}  // namespace grizzly::facts
