#include "types/iso_interval.h"

#include <cmath>
#include <cstdlib>

namespace grizzly::types {
namespace {

using Error = TimeInputError;

class IsoReader {
 public:
  IsoReader(std::string_view text, IntervalGatherer& out) : text_(text), out_(out) {}

  Error Run() {
    if (text_.size() < 2 || text_[0] != 'P') return Error::kBadFormat;
    at_ = 1;
    while (at_ < text_.size()) {
      if (text_[at_] == 'T') {
        StartTime();
        continue;
      }
      const size_t start = at_;
      if (const Error error = TakeNumber(); error != Error::kNone) return error;
      const size_t width = IntegerWidth(start);
      const char unit = at_ < text_.size() ? text_[at_++] : '\0';
      done_ = false;
      const Error error = in_time_ ? TakeTimeUnit(unit, width) : TakeDateUnit(unit, width);
      if (error != Error::kNone || done_) return error;
    }
    return Error::kNone;
  }

 private:
  void StartTime() {
    in_time_ = true;
    has_field_ = false;
    if (at_ < text_.size() && text_[at_] == 'T') ++at_;
  }
  bool AtEnd() const { return at_ >= text_.size(); }

  size_t IntegerWidth(size_t start) const {
    if (text_[start] == '-') ++start;
    size_t width = 0;
    while (start + width < text_.size() && text_[start + width] >= '0' &&
           text_[start + width] <= '9') {
      ++width;
    }
    return width;
  }

  Error TakeNumber() {
    if (AtEnd()) return Error::kBadFormat;
    const char first = text_[at_];
    if (!((first >= '0' && first <= '9') || first == '-' || first == '.')) return Error::kBadFormat;
    const std::string copy(text_.substr(at_));
    char* end = nullptr;
    const double number = std::strtod(copy.c_str(), &end);
    if (end == copy.c_str()) return Error::kBadFormat;
    if (std::isnan(number) || number < -1.0e15 || number > 1.0e15) return Error::kFieldOverflow;
    value_ = static_cast<int64_t>(number);
    fraction_ = number - static_cast<double>(value_);
    at_ += end - copy.c_str();
    return Error::kNone;
  }

  Error Check(bool fits) {
    has_field_ = true;
    return fits ? Error::kNone : Error::kFieldOverflow;
  }

  Error TakeDateUnit(char unit, size_t width) {
    switch (unit) {
      case 'Y': return Check(out_.AddYears(value_, fraction_, 1));
      case 'M': return Check(out_.AddMonths(value_, fraction_));
      case 'W': return Check(out_.AddDays(value_, fraction_, 7));
      case 'D': return Check(out_.AddDays(value_, fraction_, 1));
      case 'T':
      case '\0':
        if (width == 8 && !has_field_) {  // yyyymmdd
          if (!out_.AddYears(value_ / 10000, 0, 1) || !out_.AddMonths(value_ / 100 % 100, 0) ||
              !out_.AddDays(value_ % 100, fraction_, 1)) {
            return Error::kFieldOverflow;
          }
          return EndDate(unit);
        }
        [[fallthrough]];
      case '-': return TakeExtendedDate(unit);
      default: return Error::kBadFormat;
    }
  }

  Error EndDate(char unit) {
    done_ = unit == '\0';
    in_time_ = true;
    has_field_ = false;
    return Error::kNone;
  }

  // yyyy-mm-dd
  Error TakeExtendedDate(char unit) {
    if (has_field_) return Error::kBadFormat;
    if (!out_.AddYears(value_, fraction_, 1)) return Error::kFieldOverflow;
    if (unit != '-') return EndDate(unit);
    if (const Error error = TakeNumber(); error != Error::kNone) return error;
    if (!out_.AddMonths(value_, fraction_)) return Error::kFieldOverflow;
    if (AtEnd()) return EndDate('\0');
    if (text_[at_] == 'T') {
      StartTime();
      return Error::kNone;
    }
    if (text_[at_++] != '-') return Error::kBadFormat;
    if (const Error error = TakeNumber(); error != Error::kNone) return error;
    if (!out_.AddDays(value_, fraction_, 1)) return Error::kFieldOverflow;
    if (AtEnd()) return EndDate('\0');
    if (text_[at_] != 'T') return Error::kBadFormat;
    StartTime();
    return Error::kNone;
  }

  Error TakeTimeUnit(char unit, size_t width) {
    switch (unit) {
      case 'H': return Check(out_.AddMicroseconds(value_, fraction_, kUsPerHour));
      case 'M': return Check(out_.AddMicroseconds(value_, fraction_, kUsPerMinute));
      case 'S': return Check(out_.AddMicroseconds(value_, fraction_, kUsPerSecond));
      case '\0':
        if (width == 6 && !has_field_) {  // hhmmss
          done_ = true;
          return Check(out_.AddMicroseconds(value_ / 10000, 0, kUsPerHour) &&
                       out_.AddMicroseconds(value_ / 100 % 100, 0, kUsPerMinute) &&
                       out_.AddMicroseconds(value_ % 100, 0, kUsPerSecond) &&
                       out_.AddFraction(fraction_, 1));
        }
        [[fallthrough]];
      case ':': return TakeExtendedTime(unit);
      default: return Error::kBadFormat;
    }
  }

  // hh:mm:ss
  Error TakeExtendedTime(char unit) {
    if (has_field_) return Error::kBadFormat;
    if (!out_.AddMicroseconds(value_, fraction_, kUsPerHour)) return Error::kFieldOverflow;
    done_ = true;
    if (unit == '\0') return Error::kNone;
    if (const Error error = TakeNumber(); error != Error::kNone) return error;
    if (!out_.AddMicroseconds(value_, fraction_, kUsPerMinute)) return Error::kFieldOverflow;
    if (AtEnd()) return Error::kNone;
    if (text_[at_++] != ':') return Error::kBadFormat;
    if (const Error error = TakeNumber(); error != Error::kNone) return error;
    if (!out_.AddMicroseconds(value_, fraction_, kUsPerSecond)) return Error::kFieldOverflow;
    return AtEnd() ? Error::kNone : Error::kBadFormat;
  }

  std::string_view text_;
  IntervalGatherer& out_;
  size_t at_ = 0;
  int64_t value_ = 0;
  double fraction_ = 0;
  bool in_time_ = false;
  bool has_field_ = false;
  bool done_ = false;
};

}  // namespace

TimeInputError DecodeIsoInterval(std::string_view text, IntervalGatherer& out) {
  return IsoReader(text, out).Run();
}

}  // namespace grizzly::types
