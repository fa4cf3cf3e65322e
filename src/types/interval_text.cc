// interval from and to text.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/error/sql_error.h"
#include "types/datetime_parse.h"
#include "types/datetime_tokens.h"
#include "types/interval.h"
#include "types/iso_interval.h"

namespace grizzly::types {

// ---- gathering: amounts of units, fractions going down to smaller units ----

bool IntervalGatherer::AddMicroseconds(int64_t amount, double fraction, int64_t unit) {
  int64_t product;
  return !__builtin_mul_overflow(amount, unit, &product) &&
         !__builtin_add_overflow(value_.microseconds, product, &value_.microseconds) &&
         AddFraction(fraction, unit);
}

bool IntervalGatherer::AddFraction(double fraction, int64_t unit) {
  if (fraction == 0) return true;
  fraction *= static_cast<double>(unit);
  auto us = static_cast<int64_t>(fraction);
  fraction -= static_cast<double>(us);
  if (fraction > 0.5) {
    ++us;
  } else if (fraction < -0.5) {
    --us;
  }
  return !__builtin_add_overflow(value_.microseconds, us, &value_.microseconds);
}

bool IntervalGatherer::AddDays(int64_t amount, double fraction, int32_t unit) {
  int32_t product;
  if (__builtin_mul_overflow(amount, unit, &product) ||
      __builtin_add_overflow(value_.days, product, &value_.days)) {
    return false;
  }
  return AddFractionOfDays(fraction, unit);
}

bool IntervalGatherer::AddFractionOfDays(double fraction, int32_t unit) {
  if (fraction == 0) return true;
  fraction *= unit;
  const auto days = static_cast<int32_t>(fraction);
  if (__builtin_add_overflow(value_.days, days, &value_.days)) return false;
  return AddFraction(fraction - days, kUsPerDay);
}

bool IntervalGatherer::AddMonths(int64_t amount, double fraction) {
  if (amount < std::numeric_limits<int32_t>::min() || amount > std::numeric_limits<int32_t>::max() ||
      __builtin_add_overflow(value_.months, static_cast<int32_t>(amount), &value_.months)) {
    return false;
  }
  return AddFractionOfDays(fraction, kDaysPerMonth);
}

bool IntervalGatherer::AddYears(int64_t amount, double fraction, int32_t unit) {
  int32_t years;
  if (__builtin_mul_overflow(amount, unit, &years) ||
      __builtin_add_overflow(years_, years, &years_)) {
    return false;
  }
  const auto months = static_cast<int32_t>(std::rint(fraction * unit * kMonthsPerYear));
  return !__builtin_add_overflow(value_.months, months, &value_.months);
}

bool IntervalGatherer::Negate() {
  return !__builtin_sub_overflow(0, years_, &years_) &&
         !__builtin_sub_overflow(0, value_.months, &value_.months) &&
         !__builtin_sub_overflow(0, value_.days, &value_.days) &&
         !__builtin_sub_overflow(int64_t{0}, value_.microseconds, &value_.microseconds);
}

IntervalValue IntervalGatherer::Finish() const {
  IntervalValue value = value_;
  int32_t months;
  if (__builtin_mul_overflow(years_, kMonthsPerYear, &months) ||
      __builtin_add_overflow(value.months, months, &value.months)) {
    ThrowIntervalOutOfRange();
  }
  return value;
}

namespace {

using Error = TimeInputError;

// PostgreSQL's own and the SQL standard's form. Fields are read from the last to the first, so
// that a unit comes before its number.
class IntervalDecoder {
 public:
  IntervalDecoder(int32_t fields, IntervalStyle style) : range_(fields), style_(style) {}

  Error Decode(std::string_view text, IntervalGatherer& out) {
    const auto split = SplitTimeText(text);
    if (!split) return Error::kBadFormat;
    const std::vector<TimeField>& fields = *split;
    spread_minus_ = style_ == IntervalStyle::kSqlStandard && !fields.empty() &&
                    fields[0].text[0] == '-';
    for (size_t i = 1; i < fields.size() && spread_minus_; ++i) {
      spread_minus_ = fields[i].text[0] != '-' && fields[i].text[0] != '+';
    }
    for (size_t i = fields.size(); i-- > 0;) {
      TimeUnitMask mask = 0;
      const Error error = TakeField(fields[i], out, &mask);
      if (error != Error::kNone) return error;
      if ((mask & seen_) != 0) return Error::kBadFormat;
      seen_ |= mask;
    }
    if (seen_ == 0) return Error::kBadFormat;
    return !is_ago_ || out.Negate() ? Error::kNone : Error::kFieldOverflow;
  }

 private:
  using TimeUnitMask = uint64_t;
  static TimeUnitMask Bit(TimeUnit unit) { return TimeUnitMask{1} << static_cast<int>(unit); }
  static TimeUnitMask ClockBits() {
    return Bit(TimeUnit::kHour) | Bit(TimeUnit::kMinute) | SecondBits();
  }
  static TimeUnitMask SecondBits() {
    return Bit(TimeUnit::kSecond) | Bit(TimeUnit::kMillisecond) | Bit(TimeUnit::kMicrosecond);
  }

  Error TakeField(const TimeField& field, IntervalGatherer& out, TimeUnitMask* mask) {
    switch (field.kind) {
      case TimeFieldKind::kTime: {
        *mask = ClockBits();
        unit_ = TimeUnit::kDay;
        int64_t us = 0;
        const Error error = DecodeClock(field.text, &us);
        if (error != Error::kNone) return error;
        if (spread_minus_ && us > 0) us = -us;
        return out.AddMicroseconds(us, 0, 1) ? Error::kNone : Error::kFieldOverflow;
      }
      case TimeFieldKind::kZone:
        if (field.text.find(':', 1) != std::string::npos) {
          int64_t us = 0;
          if (DecodeClock(std::string_view(field.text).substr(1), &us) == Error::kNone) {
            if (field.text[0] == '-') us = -us;
            if (spread_minus_ && us > 0) us = -us;
            *mask = ClockBits();
            unit_ = TimeUnit::kDay;
            return out.AddMicroseconds(us, 0, 1) ? Error::kNone : Error::kFieldOverflow;
          }
        }
        return TakeNumber(field.text, out, mask);
      case TimeFieldKind::kDate:
      case TimeFieldKind::kNumber: return TakeNumber(field.text, out, mask);
      case TimeFieldKind::kText:
      case TimeFieldKind::kSpecial: {
        const TimeMeaning meaning = FindIntervalWord(field.text);
        if (meaning.word == TimeWord::kIgnore) return Error::kNone;
        if (meaning.word == TimeWord::kAgo) {
          is_ago_ = true;
          unit_ = TimeUnit::kNone;
          has_unit_ = true;  // a number right before "ago" has no unit it could take
          return Error::kNone;
        }
        if (meaning.word != TimeWord::kUnit) return Error::kBadFormat;
        unit_ = meaning.unit();
        return Error::kNone;
      }
    }
    return Error::kBadFormat;
  }

  // What a number without a unit counts: the last field of the typmod.
  TimeUnit LastFieldOfRange() const {
    if (range_ == kIntervalYear) return TimeUnit::kYear;
    if (range_ == kIntervalMonth || range_ == (kIntervalYear | kIntervalMonth)) {
      return TimeUnit::kMonth;
    }
    if (range_ == kIntervalDay) return TimeUnit::kDay;
    if ((range_ & kIntervalSecond) != 0) return TimeUnit::kSecond;
    if ((range_ & kIntervalMinute) != 0) return TimeUnit::kMinute;
    if ((range_ & kIntervalHour) != 0) return TimeUnit::kHour;
    return TimeUnit::kSecond;
  }

  Error TakeNumber(const std::string& text, IntervalGatherer& out, TimeUnitMask* mask) {
    if (unit_ == TimeUnit::kNone && !has_unit_) unit_ = LastFieldOfRange();
    int64_t value;
    size_t used;
    if (!TakeInteger(text, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(),
                     &value, &used)) {
      return Error::kFieldOverflow;
    }
    const bool negative = text[0] == '-';
    // "-.5": the sign is not taken with no digit after it
    if (used == 0 && (text[0] == '-' || text[0] == '+')) used = text[1] == '.' ? 1 : 0;
    const std::string_view rest = std::string_view(text).substr(used);
    double fraction = 0;
    if (rest.starts_with('-')) {  // years-months
      int64_t months;
      const std::string_view months_text = rest.substr(1);
      if (!TakeInteger(months_text, 0, kMonthsPerYear - 1, &months, &used)) {
        return Error::kFieldOverflow;
      }
      if (used != months_text.size()) return Error::kBadFormat;
      unit_ = TimeUnit::kMonth;
      if (negative) months = -months;
      if (__builtin_mul_overflow(value, int64_t{kMonthsPerYear}, &value) ||
          __builtin_add_overflow(value, months, &value)) {
        return Error::kFieldOverflow;
      }
    } else if (rest.starts_with('.')) {
      if (!DecodeDecimals(rest, &fraction)) return Error::kBadFormat;
      if (negative) fraction = -fraction;
    } else if (!rest.empty()) {
      return Error::kBadFormat;
    }
    if (spread_minus_) {
      if (value > 0) value = -value;
      if (fraction > 0) fraction = -fraction;
    }
    return AddUnit(value, fraction, out, mask);
  }

  Error AddUnit(int64_t value, double fraction, IntervalGatherer& out, TimeUnitMask* mask) {
    *mask = Bit(unit_);
    bool fits = true;
    switch (unit_) {
      case TimeUnit::kMicrosecond: fits = out.AddMicroseconds(value, fraction, 1); break;
      case TimeUnit::kMillisecond: fits = out.AddMicroseconds(value, fraction, 1000); break;
      case TimeUnit::kSecond:
        fits = out.AddMicroseconds(value, fraction, kUsPerSecond);
        if (fraction != 0) *mask = SecondBits();
        break;
      case TimeUnit::kMinute: fits = out.AddMicroseconds(value, fraction, kUsPerMinute); break;
      case TimeUnit::kHour:
        fits = out.AddMicroseconds(value, fraction, kUsPerHour);
        unit_ = TimeUnit::kDay;  // for the next field
        break;
      case TimeUnit::kDay: fits = out.AddDays(value, fraction, 1); break;
      case TimeUnit::kWeek: fits = out.AddDays(value, fraction, 7); break;
      case TimeUnit::kMonth: fits = out.AddMonths(value, fraction); break;
      case TimeUnit::kYear: fits = out.AddYears(value, fraction, 1); break;
      case TimeUnit::kDecade: fits = out.AddYears(value, fraction, 10); break;
      case TimeUnit::kCentury: fits = out.AddYears(value, fraction, 100); break;
      case TimeUnit::kMillennium: fits = out.AddYears(value, fraction, 1000); break;
      default: return Error::kBadFormat;
    }
    return fits ? Error::kNone : Error::kFieldOverflow;
  }

  static bool DecodeDecimals(std::string_view text, double* fraction) {
    *fraction = 0;
    if (text == ".") return true;
    for (const char c : text.substr(1)) {
      if (c < '0' || c > '9') return false;
    }
    *fraction = std::strtod(std::string(text).c_str(), nullptr);
    return true;
  }

  // hh:mm[:ss[.fff]], mm:ss.fff; hours may be many.
  Error DecodeClock(std::string_view text, int64_t* us) const {
    constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
    int64_t parts[3] = {0, 0, 0};
    int count = 0;
    size_t used;
    int32_t microsecond = 0;
    while (true) {
      const int64_t limit = count == 0 ? kMax : std::numeric_limits<int32_t>::max();
      if (!TakeInteger(text, -limit, limit, &parts[count], &used)) return Error::kFieldOverflow;
      ++count;
      text.remove_prefix(used);
      if (count == 3 || !text.starts_with(':')) break;
      text.remove_prefix(1);
    }
    if (count == 1) return Error::kBadFormat;
    bool minutes_first = count == 2 && range_ == (kIntervalMinute | kIntervalSecond);
    if (text.starts_with('.')) {
      if (!DecodeFraction(text, &microsecond)) return Error::kBadFormat;
      minutes_first = count == 2;
    } else if (!text.empty()) {
      return Error::kBadFormat;
    }
    if (minutes_first) {
      if (parts[0] > std::numeric_limits<int32_t>::max()) return Error::kFieldOverflow;
      parts[2] = parts[1];
      parts[1] = parts[0];
      parts[0] = 0;
    }
    if (parts[0] < 0 || parts[1] < 0 || parts[1] > 59 || parts[2] < 0 || parts[2] > 60) {
      return Error::kFieldOverflow;
    }
    int64_t rest = (parts[1] * 60 + parts[2]) * kUsPerSecond + microsecond;
    if (__builtin_mul_overflow(parts[0], kUsPerHour, us) ||
        __builtin_add_overflow(*us, rest, us)) {
      return Error::kFieldOverflow;
    }
    return Error::kNone;
  }

  const int32_t range_;
  const IntervalStyle style_;
  TimeUnit unit_ = TimeUnit::kNone;
  bool has_unit_ = false;
  bool is_ago_ = false;
  bool spread_minus_ = false;
  TimeUnitMask seen_ = 0;
};

}  // namespace

IntervalValue ParseInterval(std::string_view text, int32_t typmod, const IoSettings& settings) {
  const int32_t range = typmod >= 0 ? IntervalFields(typmod) : kIntervalFullRange;
  IntervalGatherer gatherer;
  Error error = IntervalDecoder(range, settings.interval_style).Decode(text, gatherer);
  if (error == Error::kBadFormat) {
    gatherer = IntervalGatherer();
    error = DecodeIsoInterval(text, gatherer);
  }
  if (error == Error::kFieldOverflow) error = Error::kIntervalOverflow;
  if (error != Error::kNone) ThrowTimeInputError(error, text, "interval");
  return ApplyIntervalTypmod(gatherer.Finish(), typmod);
}

}  // namespace grizzly::types
