#include "types/time_zone.h"

#include <fmt/format.h>

#include <algorithm>

#include "types/binary_format.h"
#include "types/civil_date.h"
#include "types/posix_time_zone.h"

namespace grizzly::types {
namespace {

constexpr int64_t kSecondsPerDay = 86400;

int64_t FloorDivide(int64_t a, int64_t b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

int32_t YearOf(int64_t unix_seconds) {
  return CivilFromDay(FloorDivide(unix_seconds, kSecondsPerDay) + kUnixEpochDay).year;
}

// The day the change falls on in `year`, counted from 1970.
int64_t ChangeDay(const TimeZone::Change& change, int32_t year) {
  using Form = TimeZone::Change::Form;
  const int64_t new_year = DayFromCivil(year, 1, 1) - kUnixEpochDay;
  if (change.form == Form::kDayOfYear) return new_year + change.day;
  if (change.form == Form::kJulianDay) {  // February 29 is never counted
    return new_year + change.day - 1 + (IsLeapYear(year) && change.day >= 60 ? 1 : 0);
  }
  const int64_t first = DayFromCivil(year, change.month, 1);
  int32_t day = (change.day - DayOfWeek(first) + 7) % 7 + (change.week - 1) * 7;
  if (day >= DaysInMonth(year, change.month)) day -= 7;
  return first + day - kUnixEpochDay;
}

// The instants at which daylight saving starts and ends in `year`.
std::pair<int64_t, int64_t> ChangeInstants(const TimeZone::Rule& rule, int32_t year) {
  return {ChangeDay(rule.start, year) * kSecondsPerDay + rule.start.seconds -
              rule.standard.seconds_east,
          ChangeDay(rule.end, year) * kSecondsPerDay + rule.end.seconds -
              rule.daylight->seconds_east};
}

ZoneOffset ToOffset(const TimeZone::Local& local) {
  return {local.seconds_east, local.is_dst, local.abbreviation};
}

struct TzifCounts {
  uint32_t utc_flags, standard_flags, leaps, transitions, locals, letters;

  size_t BodyBytes(size_t time_bytes) const {
    return transitions * time_bytes + transitions + locals * 6 + letters +
           leaps * (time_bytes + 4) + standard_flags + utc_flags;
  }
};

TzifCounts ReadHeader(BinaryReader& reader, char* version) {
  if (reader.Take(4) != "TZif") ThrowBinaryMalformed();
  *version = reader.Take(1)[0];
  reader.Take(15);
  TzifCounts counts;
  for (uint32_t* field : {&counts.utc_flags, &counts.standard_flags, &counts.leaps,
                          &counts.transitions, &counts.locals, &counts.letters}) {
    *field = reader.Read<uint32_t>();
  }
  return counts;
}

}  // namespace

std::unique_ptr<TimeZone> TimeZone::FromTzif(std::string name, std::string_view bytes) {
  BinaryReader reader(bytes);
  char version;
  TzifCounts counts = ReadHeader(reader, &version);
  const bool wide = version != '\0';
  if (wide) {  // the second part has 64-bit instants
    reader.Take(counts.BodyBytes(4));
    counts = ReadHeader(reader, &version);
  }
  auto zone = std::make_unique<TimeZone>();
  zone->name_ = std::move(name);
  for (uint32_t i = 0; i < counts.transitions; ++i) {
    const int64_t instant = wide ? reader.Read<int64_t>() : reader.Read<int32_t>();
    zone->transitions_.push_back({instant, 0});
  }
  for (Transition& transition : zone->transitions_) transition.local = reader.Read<uint8_t>();
  std::vector<uint8_t> letters_at;
  for (uint32_t i = 0; i < counts.locals; ++i) {
    Local local;
    local.seconds_east = reader.Read<int32_t>();
    local.is_dst = reader.Read<uint8_t>() != 0;
    letters_at.push_back(reader.Read<uint8_t>());
    zone->locals_.push_back(local);
  }
  const std::string_view letters = reader.Take(counts.letters);
  for (uint32_t i = 0; i < counts.locals; ++i) {
    zone->locals_[i].abbreviation = std::string(letters.substr(letters_at[i]).data());
  }
  if (zone->locals_.empty()) ThrowBinaryMalformed();
  for (const Transition& transition : zone->transitions_) {
    if (transition.local >= zone->locals_.size()) ThrowBinaryMalformed();
  }
  reader.Take(counts.leaps * (wide ? 12 : 8) + counts.standard_flags + counts.utc_flags);
  if (wide && reader.remaining() > 2) {
    std::string_view footer = reader.TakeRest();
    footer.remove_prefix(1);
    zone->rule_ = ParsePosixRule(footer.substr(0, footer.find('\n')));
  }
  return zone;
}

std::unique_ptr<TimeZone> TimeZone::FromPosix(std::string name, std::string_view specification) {
  auto zone = std::make_unique<TimeZone>();
  zone->rule_ = ParsePosixRule(specification);
  if (!zone->rule_) return nullptr;
  zone->name_ = std::move(name);
  return zone;
}

const TimeZone::Local* TimeZone::LocalByRule(int64_t unix_seconds) const {
  if (!rule_->daylight) return &rule_->standard;
  const int32_t year = YearOf(unix_seconds + rule_->standard.seconds_east);
  const auto [start, end] = ChangeInstants(*rule_, year);
  const bool daylight = start < end ? unix_seconds >= start && unix_seconds < end
                                    : unix_seconds >= start || unix_seconds < end;
  return daylight ? &*rule_->daylight : &rule_->standard;
}

const TimeZone::Local* TimeZone::LocalAt(int64_t unix_seconds) const {
  if (transitions_.empty()) return rule_ ? LocalByRule(unix_seconds) : &locals_[0];
  if (unix_seconds < transitions_.front().instant) return &locals_[0];
  if (rule_ && unix_seconds >= transitions_.back().instant) return LocalByRule(unix_seconds);
  const auto after = std::upper_bound(
      transitions_.begin(), transitions_.end(), unix_seconds,
      [](int64_t instant, const Transition& t) { return instant < t.instant; });
  return &locals_[(after - 1)->local];
}

TimeZone::Next TimeZone::NextTransition(int64_t unix_seconds) const {
  const Local* const before = LocalAt(unix_seconds);
  const auto stored = std::upper_bound(
      transitions_.begin(), transitions_.end(), unix_seconds,
      [](int64_t instant, const Transition& t) { return instant < t.instant; });
  if (stored != transitions_.end()) return {before, &locals_[stored->local], stored->instant};
  if (!rule_ || !rule_->daylight) return {before, nullptr, 0};
  const int32_t year = YearOf(unix_seconds);
  Next next{before, nullptr, 0};
  for (int32_t candidate = year - 1; candidate <= year + 1; ++candidate) {
    const auto [start, end] = ChangeInstants(*rule_, candidate);
    if (start > unix_seconds && (next.after == nullptr || start < next.instant)) {
      next.after = &*rule_->daylight;
      next.instant = start;
    }
    if (end > unix_seconds && (next.after == nullptr || end < next.instant)) {
      next.after = &rule_->standard;
      next.instant = end;
    }
  }
  return next;
}

ZoneOffset TimeZone::AtInstant(int64_t unix_seconds) const { return ToOffset(*LocalAt(unix_seconds)); }

ZoneOffset TimeZone::AtLocal(int64_t local_seconds) const {
  // A day back is before any transition that could matter.
  const Next next = NextTransition(local_seconds - kSecondsPerDay);
  if (next.after == nullptr) return ToOffset(*next.before);
  const int64_t with_before = local_seconds - next.before->seconds_east;
  const int64_t with_after = local_seconds - next.after->seconds_east;
  if (with_before < next.instant && with_after < next.instant) return ToOffset(*next.before);
  if (with_before >= next.instant && with_after >= next.instant) return ToOffset(*next.after);
  return ToOffset(with_before > with_after ? *next.before : *next.after);
}

std::optional<ZoneOffset> TimeZone::MeaningOf(std::string_view abbreviation,
                                              int64_t unix_seconds) const {
  const auto matches = [&](const Local& local) { return local.abbreviation == abbreviation; };
  const Local* now = LocalAt(unix_seconds);
  if (matches(*now)) return ToOffset(*now);
  // Backwards from the instant, then forwards.
  for (auto it = transitions_.rbegin(); it != transitions_.rend(); ++it) {
    if (it->instant <= unix_seconds && matches(locals_[it->local])) return ToOffset(locals_[it->local]);
  }
  if (!locals_.empty() && matches(locals_[0])) return ToOffset(locals_[0]);
  for (const Transition& transition : transitions_) {
    if (transition.instant > unix_seconds && matches(locals_[transition.local])) {
      return ToOffset(locals_[transition.local]);
    }
  }
  if (rule_ && matches(rule_->standard)) return ToOffset(rule_->standard);
  if (rule_ && rule_->daylight && matches(*rule_->daylight)) return ToOffset(*rule_->daylight);
  return std::nullopt;
}

std::optional<int32_t> TimeZone::FixedOffset() const {
  if (rule_ && rule_->daylight) return std::nullopt;
  const int32_t offset = rule_ ? rule_->standard.seconds_east : locals_[0].seconds_east;
  for (const Local& local : locals_) {
    if (local.seconds_east != offset) return std::nullopt;
  }
  return offset;
}

}  // namespace grizzly::types
