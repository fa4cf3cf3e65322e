// interval to text, in the four styles.
#include <fmt/format.h>

#include "types/interval.h"

namespace grizzly::types {
namespace {

// The three parts of an interval taken apart; all of a part's fields have the part's sign.
struct IntervalParts {
  int64_t years, months, days, hours, minutes, seconds, microseconds;

  explicit IntervalParts(const IntervalValue& value)
      : years(value.months / kMonthsPerYear),
        months(value.months % kMonthsPerYear),
        days(value.days),
        hours(value.microseconds / kUsPerHour),
        minutes(value.microseconds / kUsPerMinute % 60),
        seconds(value.microseconds / kUsPerSecond % 60),
        microseconds(value.microseconds % kUsPerSecond) {}

  bool time_is_negative() const {
    return hours < 0 || minutes < 0 || seconds < 0 || microseconds < 0;
  }
  bool has_time() const { return hours != 0 || minutes != 0 || has_seconds(); }
  bool has_seconds() const { return seconds != 0 || microseconds != 0; }
};

int64_t Abs(int64_t value) { return value < 0 ? -value : value; }

// Absolute seconds with their decimals.
void AppendSeconds(std::string& out, const IntervalParts& parts, bool two_digits) {
  const int64_t seconds = Abs(parts.seconds);
  if (two_digits && seconds < 10) out += '0';
  out += std::to_string(seconds);
  if (parts.microseconds == 0) return;
  std::string decimals = fmt::format("{:06}", Abs(parts.microseconds));
  while (decimals.back() == '0') decimals.pop_back();
  out += '.';
  out += decimals;
}

void AppendSqlStandard(std::string& out, IntervalParts parts) {
  const int64_t all[] = {parts.years, parts.months, parts.days, parts.hours,
                         parts.minutes, parts.seconds, parts.microseconds};
  bool has_negative = false, has_positive = false;
  for (const int64_t field : all) {
    has_negative |= field < 0;
    has_positive |= field > 0;
  }
  if (!has_negative && !has_positive) {
    out += '0';
    return;
  }
  const bool has_year_month = parts.years != 0 || parts.months != 0;
  const bool has_day_time = parts.days != 0 || parts.has_time();
  const bool standard = !(has_negative && has_positive) && !(has_year_month && has_day_time);
  const auto sign = [](bool negative) { return negative ? '-' : '+'; };
  if (!standard) {  // not an interval of the standard: every part gets its sign
    out += fmt::format("{}{}-{} {}{} {}{}:{:02}:", sign(parts.years < 0 || parts.months < 0),
                       Abs(parts.years), Abs(parts.months), sign(parts.days < 0), Abs(parts.days),
                       sign(parts.time_is_negative()), Abs(parts.hours), Abs(parts.minutes));
    AppendSeconds(out, parts, true);
    return;
  }
  if (has_negative) out += '-';
  if (has_year_month) {
    out += fmt::format("{}-{}", Abs(parts.years), Abs(parts.months));
    return;
  }
  if (parts.days != 0) out += fmt::format("{} ", Abs(parts.days));
  out += fmt::format("{}:{:02}:", Abs(parts.hours), Abs(parts.minutes));
  AppendSeconds(out, parts, true);
}

void AppendIso8601(std::string& out, const IntervalParts& parts) {
  const size_t start = out.size();
  out += 'P';
  const auto append = [&](int64_t amount, char unit) {
    if (amount == 0) return;
    out += std::to_string(amount);
    out += unit;
  };
  append(parts.years, 'Y');
  append(parts.months, 'M');
  append(parts.days, 'D');
  if (parts.has_time()) out += 'T';
  append(parts.hours, 'H');
  append(parts.minutes, 'M');
  if (parts.has_seconds()) {
    if (parts.seconds < 0 || parts.microseconds < 0) out += '-';
    AppendSeconds(out, parts, false);
    out += 'S';
  }
  if (out.size() == start + 1) out += "T0S";
}

void AppendPostgres(std::string& out, const IntervalParts& parts) {
  bool is_zero = true;
  bool after_negative = false;  // the next field shows a plus sign
  const auto append = [&](int64_t amount, const char* unit) {
    if (amount == 0) return;
    out += fmt::format("{}{}{} {}{}", is_zero ? "" : " ", after_negative && amount > 0 ? "+" : "",
                       amount, unit, amount != 1 ? "s" : "");
    after_negative = amount < 0;
    is_zero = false;
  };
  append(parts.years, "year");
  append(parts.months, "mon");
  append(parts.days, "day");
  if (!is_zero && !parts.has_time()) return;
  out += fmt::format("{}{}{:02}:{:02}:", is_zero ? "" : " ",
                     parts.time_is_negative() ? "-" : (after_negative ? "+" : ""),
                     Abs(parts.hours), Abs(parts.minutes));
  AppendSeconds(out, parts, true);
}

void AppendVerbose(std::string& out, const IntervalParts& parts) {
  bool is_zero = true;
  bool is_ago = false;
  out += '@';
  const auto append = [&](int64_t amount, const char* unit) {
    if (amount == 0) return;
    if (is_zero) {
      is_ago = amount < 0;
      amount = Abs(amount);
    } else if (is_ago) {
      amount = -amount;
    }
    out += fmt::format(" {} {}{}", amount, unit, amount == 1 ? "" : "s");
    is_zero = false;
  };
  append(parts.years, "year");
  append(parts.months, "mon");
  append(parts.days, "day");
  append(parts.hours, "hour");
  append(parts.minutes, "min");
  if (parts.has_seconds()) {
    out += ' ';
    if (parts.seconds < 0 || (parts.seconds == 0 && parts.microseconds < 0)) {
      if (is_zero) {
        is_ago = true;
      } else if (!is_ago) {
        out += '-';
      }
    } else if (is_ago) {
      out += '-';
    }
    AppendSeconds(out, parts, false);
    out += Abs(parts.seconds) != 1 || parts.microseconds != 0 ? " secs" : " sec";
    is_zero = false;
  }
  if (is_zero) out += " 0";
  if (is_ago) out += " ago";
}

}  // namespace

void AppendInterval(std::string& out, const IntervalValue& value, IntervalStyle style) {
  const IntervalParts parts(value);
  switch (style) {
    case IntervalStyle::kPostgres: AppendPostgres(out, parts); return;
    case IntervalStyle::kPostgresVerbose: AppendVerbose(out, parts); return;
    case IntervalStyle::kSqlStandard: AppendSqlStandard(out, parts); return;
    case IntervalStyle::kIso8601: AppendIso8601(out, parts); return;
  }
}

}  // namespace grizzly::types
