// Date and time input, first half: text into fields, words into meanings. Not for other modules
// (but functions may ask what a field name like "century" means).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grizzly::types {

enum class TimeFieldKind : uint8_t {
  kNumber,   // 12, 12.5, .5
  kText,     // january, est, now
  kDate,     // 2001-02-03, 1/2/99, jan-01, america/new_york
  kTime,     // 12:34:56.7
  kZone,     // +02, -08:30
  kSpecial,  // +infinity, -infinity
};

struct TimeField {
  TimeFieldKind kind;
  std::string text;  // lower case
};

// nullopt for a malformed string.
std::optional<std::vector<TimeField>> SplitTimeText(std::string_view text);

// What a word means; `value` depends on it.
enum class TimeWord : uint8_t {
  kUnknown,
  kIgnore,     // at, on, @
  kMonth,      // value 1..12
  kWeekday,    // value 0..6, Sunday first
  kAmPm,       // value 0: am, 1: pm
  kEra,        // value 0: ad, 1: bc
  kUnit,       // value: a TimeUnit
  kIsoTime,    // t
  kDaylight,   // dst
  kZone,       // value: seconds east; is_dst
  kDynamicZone,  // meaning depends on the date: zone
  kAgo,
  kNow, kToday, kTomorrow, kYesterday, kEpoch, kZulu, kInfinity, kNegativeInfinity,
};

enum class TimeUnit : uint8_t {
  kNone, kMicrosecond, kMillisecond, kSecond, kMinute, kHour, kDay, kWeek, kMonth, kQuarter,
  kYear, kDecade, kCentury, kMillennium, kJulian, kDayOfWeek, kIsoDayOfWeek, kDayOfYear, kIsoYear,
  kTimezone, kTimezoneHour, kTimezoneMinute, kEpoch, kTime,
};

struct TimeMeaning {
  TimeWord word = TimeWord::kUnknown;
  int32_t value = 0;
  bool is_dst = false;
  std::string_view zone;

  TimeUnit unit() const { return static_cast<TimeUnit>(value); }
};

// Words of dates; lower case asked.
TimeMeaning FindDateWord(std::string_view word);
// Time zone abbreviations; kUnknown, kZone or kDynamicZone.
TimeMeaning FindZoneAbbreviation(std::string_view word);
// Words of intervals: units and "ago"; lower case asked.
TimeMeaning FindIntervalWord(std::string_view word);
// The field of extract() and date_trunc(), in any case; kNone when unknown.
TimeUnit FindTimeUnit(std::string_view word);

}  // namespace grizzly::types
