// Time zones: what UTC offset holds at an instant or a local time.
//
// A zone comes from the system's tz database (compiled files under /usr/share/zoneinfo; the
// tzdata package) or from a POSIX specification ("EST5EDT,M3.2.0,M11.1.0", "<+03>-3"). Rules go on
// for ever: after the last stored transition the file's own POSIX rule speaks.
//
// OWNS     the registry owns every zone it ever made; they are never freed.
// THREADS  all functions are safe from any thread; zones are immutable.
// SOURCE   RFC 8536 (TZif), POSIX.1-2017 chapter 8.3 (TZ)
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grizzly::types {

// Offsets are seconds EAST of Greenwich here (as people write +02); instants are seconds since
// 1970-01-01 UTC, local times the same count on a local clock.
struct ZoneOffset {
  int32_t seconds_east = 0;
  bool is_dst = false;
  std::string_view abbreviation;  // lives as long as the zone
};

class TimeZone {
 public:
  // As the database spells it: "Europe/Berlin", whatever case was asked for.
  const std::string& name() const { return name_; }

  ZoneOffset AtInstant(int64_t unix_seconds) const;
  // A local time that a jump forward skips is read with the offset before the jump; one that comes
  // twice, as the second (the offset after the jump).
  ZoneOffset AtLocal(int64_t local_seconds) const;
  // What `abbreviation` (upper case) meant in this zone at that instant, or nearest before it, or
  // else first after it; nullopt when the zone never used it.
  std::optional<ZoneOffset> MeaningOf(std::string_view abbreviation, int64_t unix_seconds) const;
  // The one offset of a zone that never changes.
  std::optional<int32_t> FixedOffset() const;

  struct Local {  // one kind of local time
    int32_t seconds_east = 0;
    bool is_dst = false;
    std::string abbreviation;
  };
  // When daylight saving starts or ends, each year.
  struct Change {
    enum class Form : uint8_t { kMonthWeekDay, kJulianDay, kDayOfYear } form = Form::kMonthWeekDay;
    int32_t month = 0, week = 0, day = 0;
    int32_t seconds = 7200;  // local time of day
  };
  struct Rule {
    Local standard;
    std::optional<Local> daylight;
    Change start, end;
  };

  // For the registry.
  static std::unique_ptr<TimeZone> FromTzif(std::string name, std::string_view bytes);
  static std::unique_ptr<TimeZone> FromPosix(std::string name, std::string_view specification);

 private:
  struct Transition {
    int64_t instant;
    uint8_t local;  // index into locals_: what holds from here on
  };
  struct Next {  // the offsets around the first transition after an instant
    const Local* before;
    const Local* after;  // null: no transition any more
    int64_t instant;
  };
  Next NextTransition(int64_t unix_seconds) const;
  const Local* LocalByRule(int64_t unix_seconds) const;
  const Local* LocalAt(int64_t unix_seconds) const;

  std::string name_;
  std::vector<Transition> transitions_;
  std::vector<Local> locals_;
  std::optional<Rule> rule_;
};

// By database name (any case) or POSIX specification; null when it is neither.
const TimeZone* FindTimeZone(std::string_view name);
const TimeZone* UtcTimeZone();
// What SET TIME ZONE with a number or an interval makes, named "<-05>+05".
const TimeZone* FixedOffsetTimeZone(int32_t seconds_east);

}  // namespace grizzly::types
