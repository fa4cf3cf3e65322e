#include "types/posix_time_zone.h"

namespace grizzly::types {
namespace {

constexpr std::string_view kDefaultChanges = ",M3.2.0,M11.1.0";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class PosixReader {
 public:
  explicit PosixReader(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool Skip(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool Peek(char c) const { return !rest_.empty() && rest_[0] == c; }

  bool Abbreviation(std::string& out, bool may_be_empty) {
    size_t size = 0;
    if (Skip('<')) {
      size = rest_.find('>');
      if (size == std::string_view::npos || size == 0) return false;
      out = rest_.substr(0, size);
      rest_.remove_prefix(size + 1);
      return true;
    }
    // As tzcode reads it: anything up to the offset. A lone "-03:30" has no name.
    while (size < rest_.size() && !IsDigit(rest_[size]) && rest_[size] != ',' &&
           rest_[size] != '-' && rest_[size] != '+') {
      ++size;
    }
    if (size == 0 && !may_be_empty) return false;
    out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

  bool Number(int32_t low, int32_t high, int32_t& out) {
    if (rest_.empty() || !IsDigit(rest_[0])) return false;
    out = 0;
    while (!rest_.empty() && IsDigit(rest_[0])) {
      out = out * 10 + (rest_[0] - '0');
      if (out > high) return false;
      rest_.remove_prefix(1);
    }
    return out >= low;
  }

  // [+-] hh [:mm [:ss]]
  bool Time(int32_t& seconds) {
    const bool negative = Peek('-');
    if (!Skip('-')) Skip('+');
    int32_t hours, minutes = 0, rest = 0;
    if (!Number(0, 167, hours)) return false;
    if (Skip(':')) {
      if (!Number(0, 59, minutes)) return false;
      if (Skip(':') && !Number(0, 60, rest)) return false;
    }
    seconds = (hours * 60 + minutes) * 60 + rest;
    if (negative) seconds = -seconds;
    return true;
  }

  bool Change(TimeZone::Change& change) {
    using Form = TimeZone::Change::Form;
    if (Skip('M')) {
      change.form = Form::kMonthWeekDay;
      if (!Number(1, 12, change.month) || !Skip('.') || !Number(1, 5, change.week) ||
          !Skip('.') || !Number(0, 6, change.day)) {
        return false;
      }
    } else if (Skip('J')) {
      change.form = Form::kJulianDay;
      if (!Number(1, 365, change.day)) return false;
    } else {
      change.form = Form::kDayOfYear;
      if (!Number(0, 365, change.day)) return false;
    }
    return !Skip('/') || Time(change.seconds);
  }

  bool Changes(TimeZone::Rule& rule) {
    return Skip(',') && Change(rule.start) && Skip(',') && Change(rule.end) && done();
  }

 private:
  std::string_view rest_;
};

}  // namespace

std::optional<TimeZone::Rule> ParsePosixRule(std::string_view specification) {
  PosixReader reader(specification);
  TimeZone::Rule rule;
  int32_t west = 0;
  if (!reader.Abbreviation(rule.standard.abbreviation, /*may_be_empty=*/true)) return std::nullopt;
  if (!reader.Time(west)) return std::nullopt;
  rule.standard.seconds_east = -west;
  if (reader.done()) return rule;
  TimeZone::Local daylight;
  daylight.is_dst = true;
  daylight.seconds_east = rule.standard.seconds_east + 3600;
  if (!reader.Abbreviation(daylight.abbreviation, /*may_be_empty=*/false)) return std::nullopt;
  if (!reader.done() && !reader.Peek(',')) {
    if (!reader.Time(west)) return std::nullopt;
    daylight.seconds_east = -west;
  }
  rule.daylight = daylight;
  PosixReader standard_changes(kDefaultChanges);
  PosixReader& changes = reader.done() ? standard_changes : reader;
  if (!changes.Changes(rule)) return std::nullopt;
  return rule;
}

}  // namespace grizzly::types
