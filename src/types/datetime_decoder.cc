#include "types/datetime_decoder.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/error/sql_error.h"

namespace grizzly::types {
namespace {

constexpr int64_t kIntMin = std::numeric_limits<int32_t>::min();
constexpr int64_t kIntMax = std::numeric_limits<int32_t>::max();

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return c >= 'a' && c <= 'z'; }

int32_t ToInt(std::string_view digits) { return std::atoi(std::string(digits).c_str()); }

}  // namespace

TimeInputError DateTimeDecoder::DecodeDateTime(std::string_view text) {
  Error error = Run(text);
  if (error != Error::kNone) return error;
  if (error = CheckDate(); error != Error::kNone) return error;
  if (error = ApplyMeridiem(); error != Error::kNone) return error;
  if (decoded_.kind != DecodedDateTime::Kind::kFields) return Error::kNone;
  if ((known_ & kPartsDate) != kPartsDate) return Error::kBadFormat;
  return ResolveZone();
}

TimeInputError DateTimeDecoder::DecodeTimeOfDay(std::string_view text) {
  time_only_ = true;
  Error error = Run(text);
  if (error != Error::kNone) return error;
  if (error = CheckDate(); error != Error::kNone) return error;
  if (error = ApplyMeridiem(); error != Error::kNone) return error;
  if (ClockOverflows()) return Error::kFieldOverflow;
  if ((known_ & kPartsTime) != kPartsTime) return Error::kBadFormat;
  return ResolveZone();
}

TimeInputError DateTimeDecoder::Run(std::string_view text) {
  std::optional<std::vector<TimeField>> fields = SplitTimeText(text);
  if (!fields) return Error::kBadFormat;
  fields_ = std::move(*fields);
  for (size_t i = 0; i < fields_.size(); ++i) {
    const TimeField& field = fields_[i];
    parts_ = 0;
    Error error = Error::kNone;
    switch (field.kind) {
      case TimeFieldKind::kDate:
        error = time_only_ ? TakeDateFieldOfTime(field, i) : TakeDateField(field);
        break;
      case TimeFieldKind::kTime: error = TakeTimeField(field); break;
      case TimeFieldKind::kZone: error = TakeZoneField(field); break;
      case TimeFieldKind::kNumber: error = TakeNumberField(field, i); break;
      case TimeFieldKind::kText:
      case TimeFieldKind::kSpecial: error = TakeWordField(field, i); break;
    }
    if (error != Error::kNone) return error;
    if ((parts_ & known_) != 0) return Error::kBadFormat;
    known_ |= parts_;
  }
  return label_ == TimeUnit::kNone ? Error::kNone : Error::kBadFormat;
}

// ---- fields ----

TimeInputError DateTimeDecoder::TakeDateField(const TimeField& field) {
  if (label_ == TimeUnit::kJulian) {  // a Julian day with a zone attached
    int64_t day;
    size_t used;
    if (!TakeInteger(field.text, 0, kIntMax, &day, &used)) return Error::kFieldOverflow;
    SetDateFromDay(day - kJulianDayOf2000);
    is_julian_ = true;
    parts_ = kPartsDate | kPartsTime | kPartZone;
    label_ = TimeUnit::kNone;
    int32_t east = 0;
    const Error error = DecodeZoneOffset(std::string_view(field.text).substr(used), &east);
    decoded_.zone_seconds_west = -east;
    return error;
  }
  constexpr TimePartMask kMonthAndDay = kPartMonth | kPartDay;
  if (label_ == TimeUnit::kNone && (known_ & kMonthAndDay) != kMonthAndDay) {
    return DecodeDate(field.text, &parts_);
  }
  // There is a date already: a zone's name, or a run-together time with its zone.
  if (!IsDigit(field.text[0]) && label_ == TimeUnit::kNone) {
    return TakeNamedZone(field.text, /*must_exist=*/true);
  }
  if (label_ != TimeUnit::kNone) {
    if (label_ != TimeUnit::kTime) return Error::kBadFormat;
    label_ = TimeUnit::kNone;
  }
  if ((known_ & kPartsTime) == kPartsTime) return Error::kBadFormat;
  return TakeTimeWithZone(field.text);
}

TimeInputError DateTimeDecoder::TakeTimeWithZone(std::string_view text) {
  const size_t minus = text.find('-');
  if (minus == std::string_view::npos) return Error::kBadFormat;
  int32_t east = 0;
  Error error = DecodeZoneOffset(text.substr(minus), &east);
  if (error != Error::kNone) return error;
  decoded_.zone_seconds_west = -east;
  error = DecodeRunTogether(text.substr(0, minus), time_only_ ? known_ | kPartsDate : known_,
                            &parts_);
  parts_ |= kPartZone;
  return error;
}

TimeInputError DateTimeDecoder::TakeDateFieldOfTime(const TimeField& field, size_t index) {
  // A date may stand first when a time or a zone name follows.
  if (index == 0 && fields_.size() >= 2 &&
      (fields_.back().kind == TimeFieldKind::kDate || fields_[1].kind == TimeFieldKind::kTime)) {
    return DecodeDate(field.text, &parts_);
  }
  if (!IsDigit(field.text[0])) return TakeNamedZone(field.text, /*must_exist=*/true);
  if ((known_ & kPartsTime) == kPartsTime) return Error::kBadFormat;
  return TakeTimeWithZone(field.text);
}

TimeInputError DateTimeDecoder::TakeTimeField(const TimeField& field) {
  if (label_ != TimeUnit::kNone) {
    if (label_ != TimeUnit::kTime) return Error::kBadFormat;
    label_ = TimeUnit::kNone;
  }
  const Error error = DecodeClock(field.text, &parts_);
  if (error != Error::kNone) return error;
  return !time_only_ && ClockOverflows() ? Error::kFieldOverflow : Error::kNone;
}

TimeInputError DateTimeDecoder::TakeZoneField(const TimeField& field) {
  int32_t east = 0;
  const Error error = DecodeZoneOffset(field.text, &east);
  if (error != Error::kNone) return error;
  decoded_.zone_seconds_west = -east;
  parts_ = kPartZone;
  return Error::kNone;
}

TimeInputError DateTimeDecoder::TakeNumberField(const TimeField& field, size_t index) {
  if (label_ != TimeUnit::kNone) return TakeLabelled(field.text);
  if (time_only_) return TakePlainNumberOfTime(field, index);
  const size_t point = field.text.find('.');
  const bool has_point = point != std::string::npos;
  if (has_point && (known_ & kPartsDate) == 0) return DecodeDate(field.text, &parts_);
  if (has_point && point > 2) return DecodeRunTogether(field.text, known_, &parts_);
  const bool missing = (known_ & kPartsDate) == 0 || (known_ & kPartsTime) == 0;
  if (field.text.size() >= 6 && missing) return DecodeRunTogether(field.text, known_, &parts_);
  return DecodeNumber(field.text, known_, &parts_);
}

TimeInputError DateTimeDecoder::TakePlainNumberOfTime(const TimeField& field, size_t index) {
  const size_t point = field.text.find('.');
  if (point != std::string::npos) {
    if (index == 0 && fields_.size() >= 2 && fields_.back().kind == TimeFieldKind::kDate) {
      return DecodeDate(field.text, &parts_);
    }
    if (point <= 2) return Error::kBadFormat;
    return DecodeRunTogether(field.text, known_ | kPartsDate, &parts_);
  }
  if (field.text.size() > 4) return DecodeRunTogether(field.text, known_ | kPartsDate, &parts_);
  return DecodeNumber(field.text, known_ | kPartsDate, &parts_);
}

// y2001m02d04: the number after a unit word.
TimeInputError DateTimeDecoder::TakeLabelled(const std::string& text) {
  const TimeUnit label = label_;
  label_ = TimeUnit::kNone;
  int64_t value;
  size_t used;
  if (!TakeInteger(text, kIntMin, kIntMax, &value, &used)) return Error::kFieldOverflow;
  const std::string_view rest = std::string_view(text).substr(used);
  if (!rest.empty() && rest[0] != '.') return Error::kBadFormat;
  const auto number = static_cast<int32_t>(value);
  switch (label) {
    case TimeUnit::kYear:
      tm_.year = number;
      parts_ = kPartYear;
      return Error::kNone;
    case TimeUnit::kMonth:
      // After a month and an hour it is the minute.
      if ((known_ & kPartMonth) != 0 && (known_ & kPartHour) != 0) {
        tm_.minute = number;
        parts_ = kPartMinute;
      } else {
        tm_.month = number;
        parts_ = kPartMonth;
      }
      return Error::kNone;
    case TimeUnit::kDay:
      tm_.day = number;
      parts_ = kPartDay;
      return Error::kNone;
    case TimeUnit::kHour:
      tm_.hour = number;
      parts_ = kPartHour;
      return Error::kNone;
    case TimeUnit::kMinute:
      tm_.minute = number;
      parts_ = kPartMinute;
      return Error::kNone;
    case TimeUnit::kSecond:
      tm_.second = number;
      parts_ = kPartSecond;
      if (rest.empty()) return Error::kNone;
      parts_ = kPartsSeconds;
      return DecodeFraction(rest, &tm_.microsecond) ? Error::kNone : Error::kBadFormat;
    case TimeUnit::kTimezone: return Error::kBadFormat;
    case TimeUnit::kJulian: return TakeJulianDay(text, value, rest);
    case TimeUnit::kTime: {
      const Error error = DecodeRunTogether(text, known_ | kPartsDate, &parts_);
      if (error != Error::kNone) return error;
      return parts_ == kPartsTime ? Error::kNone : Error::kBadFormat;
    }
    default: return Error::kBadFormat;
  }
}

TimeInputError DateTimeDecoder::TakeJulianDay(const std::string&, int64_t value,
                                              std::string_view rest) {
  if (value < 0) return Error::kFieldOverflow;
  parts_ = kPartsDate;
  SetDateFromDay(value - kJulianDayOf2000);
  is_julian_ = true;
  if (!rest.empty()) {  // a fraction of the day
    const double fraction = std::strtod(std::string(rest).c_str(), nullptr);
    SetTimeOfDay(tm_, static_cast<int64_t>(fraction * static_cast<double>(kUsPerDay)));
    parts_ |= kPartsTime;
  }
  return Error::kNone;
}

TimeInputError DateTimeDecoder::TakeWordField(const TimeField& field, size_t index) {
  TimeMeaning meaning = FindZoneAbbreviation(field.text);
  if (meaning.word == TimeWord::kUnknown) meaning = FindDateWord(field.text);
  switch (meaning.word) {
    case TimeWord::kIgnore: return Error::kNone;
    case TimeWord::kNow:
    case TimeWord::kToday:
    case TimeWord::kTomorrow:
    case TimeWord::kYesterday:
    case TimeWord::kEpoch:
    case TimeWord::kZulu:
    case TimeWord::kInfinity:
    case TimeWord::kNegativeInfinity: return TakeReserved(meaning);
    case TimeWord::kMonth:
      if (time_only_) return Error::kBadFormat;
      parts_ = kPartMonth;
      // A number taken for the month before was the day.
      if ((known_ & kPartMonth) != 0 && !has_text_month_ && (known_ & kPartDay) == 0 &&
          tm_.month >= 1 && tm_.month <= 31) {
        tm_.day = tm_.month;
        parts_ = kPartDay;
      }
      has_text_month_ = true;
      tm_.month = meaning.value;
      return Error::kNone;
    case TimeWord::kWeekday:
      if (time_only_) return Error::kBadFormat;
      parts_ = kPartWeekday;
      return Error::kNone;
    case TimeWord::kAmPm:
      parts_ = kPartAmPm;
      meridiem_ = meaning.value == 0 ? Meridiem::kAm : Meridiem::kPm;
      return Error::kNone;
    case TimeWord::kEra:
      parts_ = kPartEra;
      before_christ_ = meaning.value == 1;
      return Error::kNone;
    case TimeWord::kUnit:
      if (label_ != TimeUnit::kNone) return Error::kBadFormat;
      label_ = meaning.unit();
      return Error::kNone;
    case TimeWord::kIsoTime:
      if (!time_only_ && (known_ & kPartsDate) != kPartsDate) return Error::kBadFormat;
      if (label_ != TimeUnit::kNone) return Error::kBadFormat;
      if (time_only_ && (index + 1 >= fields_.size() ||
                         (fields_[index + 1].kind != TimeFieldKind::kNumber &&
                          fields_[index + 1].kind != TimeFieldKind::kTime &&
                          fields_[index + 1].kind != TimeFieldKind::kDate))) {
        return Error::kBadFormat;
      }
      label_ = TimeUnit::kTime;
      return Error::kNone;
    case TimeWord::kDaylight:
    case TimeWord::kZone:
    case TimeWord::kDynamicZone: return TakeZoneWord(meaning, field.text);
    default: return TakeNamedZone(field.text, /*must_exist=*/false);
  }
}

TimeInputError DateTimeDecoder::TakeReserved(const TimeMeaning& meaning) {
  if (time_only_ && meaning.word != TimeWord::kNow && meaning.word != TimeWord::kZulu) {
    return Error::kBadFormat;
  }
  decoded_.kind = DecodedDateTime::Kind::kFields;  // the last such word counts
  const auto set_day = [&](int32_t offset) {
    const DateTimeFields now = NowLocal();
    SetDateFromDay(DayFromCivil(now.year, now.month, now.day) + offset);
    parts_ = kPartsDate;
  };
  switch (meaning.word) {
    case TimeWord::kNow: {
      const DateTimeFields now = NowLocal();
      if (time_only_) {
        SetTimeOfDay(tm_, TimeOfDay(now));
        parts_ = kPartsTime;
      } else {
        tm_ = now;
        decoded_.zone_seconds_west = -OffsetAt(ZoneOf(settings_), settings_.transaction_time_us)
                                          .seconds_east;
        parts_ = kPartsDate | kPartsTime | kPartZone;
      }
      return Error::kNone;
    }
    case TimeWord::kYesterday: set_day(-1); return Error::kNone;
    case TimeWord::kToday: set_day(0); return Error::kNone;
    case TimeWord::kTomorrow: set_day(1); return Error::kNone;
    case TimeWord::kZulu:
      SetTimeOfDay(tm_, 0);
      decoded_.zone_seconds_west = 0;
      parts_ = kPartsTime | kPartZone;
      return Error::kNone;
    case TimeWord::kEpoch: decoded_.kind = DecodedDateTime::Kind::kEpoch; break;
    case TimeWord::kInfinity: decoded_.kind = DecodedDateTime::Kind::kInfinity; break;
    default: decoded_.kind = DecodedDateTime::Kind::kNegativeInfinity; break;
  }
  parts_ = kPartReserved;
  return Error::kNone;
}

TimeInputError DateTimeDecoder::TakeZoneWord(const TimeMeaning& meaning, const std::string& text) {
  if (meaning.word == TimeWord::kDaylight) {  // "MET DST"
    parts_ = kPartDaylight | kPartDaylightModifier;
    decoded_.zone_seconds_west -= meaning.value;
    return Error::kNone;
  }
  parts_ = kPartZone;
  if (meaning.word == TimeWord::kZone) {
    if (meaning.is_dst) parts_ |= kPartDaylight;
    decoded_.zone_seconds_west = -meaning.value;
    return Error::kNone;
  }
  abbreviation_zone_ = FindTimeZone(meaning.zone);
  if (abbreviation_zone_ == nullptr) return Error::kBadFormat;
  abbreviation_.clear();
  for (const char c : text) abbreviation_ += IsLetter(c) ? static_cast<char>(c - 32) : c;
  return Error::kNone;
}

TimeInputError DateTimeDecoder::TakeNamedZone(const std::string& text, bool must_exist) {
  named_zone_ = FindTimeZone(text);
  if (named_zone_ == nullptr) {
    if (!must_exist) return Error::kBadFormat;
    throw SqlError(SqlState::kInvalidParameterValue,
                   fmt::format("time zone \"{}\" not recognized", text));
  }
  parts_ = kPartZone;
  return Error::kNone;
}

// ---- pieces ----

TimeInputError DateTimeDecoder::DecodeDate(std::string_view text, TimePartMask* parts) {
  std::vector<std::string_view> pieces;
  size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && !IsDigit(text[at]) && !IsLetter(text[at])) ++at;
    if (at == text.size()) return Error::kBadFormat;
    const size_t start = at;
    const bool digits = IsDigit(text[at]);
    while (at < text.size() && (digits ? IsDigit(text[at]) : IsLetter(text[at]))) ++at;
    pieces.push_back(text.substr(start, at - start));
    if (at < text.size()) ++at;  // whatever stands between pieces goes
  }
  TimePartMask known = known_;
  // Words first: they say which number is not the month.
  for (std::string_view& piece : pieces) {
    if (!IsLetter(piece[0])) continue;
    const TimeMeaning meaning = FindDateWord(piece);
    if (meaning.word == TimeWord::kIgnore) continue;
    if (meaning.word != TimeWord::kMonth || (known & kPartMonth) != 0) return Error::kBadFormat;
    tm_.month = meaning.value;
    has_text_month_ = true;
    known |= kPartMonth;
    *parts |= kPartMonth;
    piece = {};
  }
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;
    TimePartMask of_piece = 0;
    const Error error = DecodeNumber(piece, known, &of_piece);
    if (error != Error::kNone) return error;
    if ((known & of_piece) != 0) return Error::kBadFormat;
    known |= of_piece;
    *parts |= of_piece;
  }
  return (known & ~(kPartDayOfYear | kPartZone)) == kPartsDate ? Error::kNone : Error::kBadFormat;
}

TimeInputError DateTimeDecoder::DecodeNumber(std::string_view text, TimePartMask known,
                                             TimePartMask* parts) {
  *parts = 0;
  int64_t wide;
  size_t used;
  if (!TakeInteger(text, kIntMin, kIntMax, &wide, &used)) return Error::kFieldOverflow;
  if (used == 0) return Error::kBadFormat;
  const auto value = static_cast<int32_t>(wide);
  if (used < text.size()) {
    if (text[used] != '.') return Error::kBadFormat;
    if (used > 2) return DecodeRunTogether(text, known | kPartsDate, parts);
    if (!DecodeFraction(text.substr(used), &tm_.microsecond)) return Error::kBadFormat;
  }
  const bool long_number = text.size() >= 3;
  const bool year_first = settings_.date_order == DateOrder::kYmd;
  if (text.size() == 3 && (known & kPartsDate) == kPartYear && value >= 1 && value <= 366) {
    *parts = kPartDayOfYear | kPartMonth | kPartDay;
    tm_.day_of_year = value;
    return Error::kNone;
  }
  const auto take_year = [&] { *parts = kPartYear; tm_.year = value; };
  const auto take_month = [&] { *parts = kPartMonth; tm_.month = value; };
  const auto take_day = [&] { *parts = kPartDay; tm_.day = value; };
  switch (known & kPartsDate) {
    case 0:
      if (long_number || year_first) {
        take_year();
      } else if (settings_.date_order == DateOrder::kDmy) {
        take_day();
      } else {
        take_month();
      }
      break;
    case kPartYear: take_month(); break;
    case kPartMonth:
      if (has_text_month_ && (long_number || year_first)) {
        take_year();
      } else {
        take_day();
      }
      break;
    case kPartYear | kPartMonth:
      if (has_text_month_ && long_number && two_digit_year_) {
        take_day();  // what was taken for the year was the day
        tm_.day = tm_.year;
        tm_.year = value;
        two_digit_year_ = false;
      } else {
        take_day();
      }
      break;
    case kPartDay: take_month(); break;
    case kPartMonth | kPartDay: take_year(); break;
    case kPartsDate: return DecodeRunTogether(text, known, parts);
    default: return Error::kBadFormat;
  }
  if (*parts == kPartYear) two_digit_year_ = text.size() <= 2;
  return Error::kNone;
}

// yyyymmdd, yymmdd, hhmmss[.fff], hhmm.
TimeInputError DateTimeDecoder::DecodeRunTogether(std::string_view text, TimePartMask known,
                                                  TimePartMask* parts) {
  const size_t point = text.find('.');
  if (point != std::string_view::npos) {
    // Anything after the digits of the fraction is ignored here.
    const double fraction = text.size() == point + 1
                                ? 0
                                : std::strtod(std::string(text.substr(point)).c_str(), nullptr);
    tm_.microsecond = static_cast<int32_t>(std::rint(fraction * 1e6));
    text = text.substr(0, point);
  } else if ((known & kPartsDate) != kPartsDate && text.size() >= 6) {
    *parts = kPartsDate;
    tm_.day = ToInt(text.substr(text.size() - 2));
    tm_.month = ToInt(text.substr(text.size() - 4, 2));
    tm_.year = ToInt(text.substr(0, text.size() - 4));
    if (text.size() == 6) two_digit_year_ = true;
    return Error::kNone;
  }
  if ((known & kPartsTime) != kPartsTime && (text.size() == 6 || text.size() == 4)) {
    *parts = kPartsTime;
    tm_.hour = ToInt(text.substr(0, 2));
    tm_.minute = ToInt(text.substr(2, 2));
    tm_.second = text.size() == 6 ? ToInt(text.substr(4)) : 0;
    return Error::kNone;
  }
  return Error::kBadFormat;
}

// hh:mm[:ss[.fff]], mm:ss.fff
TimeInputError DateTimeDecoder::DecodeClock(std::string_view text, TimePartMask* parts) {
  *parts = kPartsTime;
  int64_t values[3] = {0, 0, 0};
  size_t used;
  int count = 0;
  tm_.microsecond = 0;
  while (true) {
    if (!TakeInteger(text, kIntMin, kIntMax, &values[count], &used)) return Error::kFieldOverflow;
    ++count;
    text.remove_prefix(used);
    if (count < 3 && text.starts_with(':')) {
      text.remove_prefix(1);
      continue;
    }
    break;
  }
  if (count == 1) return Error::kBadFormat;
  if (text.starts_with('.')) {
    if (!DecodeFraction(text, &tm_.microsecond)) return Error::kBadFormat;
    if (count == 2) {  // minutes and seconds
      values[2] = values[1];
      values[1] = values[0];
      values[0] = 0;
    }
  } else if (!text.empty()) {
    return Error::kBadFormat;
  }
  tm_.hour = static_cast<int32_t>(values[0]);
  tm_.minute = static_cast<int32_t>(values[1]);
  tm_.second = static_cast<int32_t>(values[2]);
  if (values[0] < 0 || values[1] < 0 || values[1] > 59 || values[2] < 0 || values[2] > 60) {
    return Error::kFieldOverflow;
  }
  return Error::kNone;
}

// ---- the whole ----

TimeInputError DateTimeDecoder::CheckDate() {
  if ((known_ & kPartYear) != 0 && !is_julian_) {
    if (before_christ_) {
      if (tm_.year <= 0) return Error::kFieldOverflow;
      tm_.year = -(tm_.year - 1);
    } else if (two_digit_year_) {
      if (tm_.year < 0) return Error::kFieldOverflow;
      if (tm_.year < 70) {
        tm_.year += 2000;
      } else if (tm_.year < 100) {
        tm_.year += 1900;
      }
    } else if (tm_.year <= 0) {
      return Error::kFieldOverflow;
    }
  }
  if ((known_ & kPartDayOfYear) != 0) {
    SetDateFromDay(DayFromCivil(tm_.year, 1, 1) + tm_.day_of_year - 1);
  }
  if ((known_ & kPartMonth) != 0 && (tm_.month < 1 || tm_.month > 12)) {
    return Error::kMonthDayOverflow;
  }
  if ((known_ & kPartDay) != 0 && (tm_.day < 1 || tm_.day > 31)) return Error::kMonthDayOverflow;
  if ((known_ & kPartsDate) == kPartsDate && tm_.day > DaysInMonth(tm_.year, tm_.month)) {
    return Error::kFieldOverflow;
  }
  return Error::kNone;
}

TimeInputError DateTimeDecoder::ApplyMeridiem() {
  if (meridiem_ == Meridiem::kNone) return Error::kNone;
  if (tm_.hour > 12) return Error::kFieldOverflow;
  if (meridiem_ == Meridiem::kAm && tm_.hour == 12) tm_.hour = 0;
  if (meridiem_ == Meridiem::kPm && tm_.hour != 12) tm_.hour += 12;
  return Error::kNone;
}

bool DateTimeDecoder::ClockOverflows() const {
  return tm_.hour < 0 || tm_.hour > 24 || tm_.minute < 0 || tm_.minute > 59 || tm_.second < 0 ||
         tm_.second > 60 || tm_.microsecond < 0 || tm_.microsecond > kUsPerSecond ||
         TimeOfDay(tm_) > kUsPerDay;
}

TimeInputError DateTimeDecoder::ResolveZone() {
  const bool zone_open = (known_ & kPartZone) == 0;
  if (!zone_open && named_zone_ == nullptr && abbreviation_zone_ == nullptr) return Error::kNone;
  // "dst" modifies a fixed abbreviation, nothing else.
  if ((known_ & kPartDaylightModifier) != 0) return Error::kBadFormat;
  if (named_zone_ != nullptr && time_only_) {
    if (const std::optional<int32_t> fixed = named_zone_->FixedOffset()) {
      decoded_.zone_seconds_west = -*fixed;
      return Error::kNone;
    }
    if ((known_ & kPartsDate) != kPartsDate) return Error::kBadFormat;
  }
  // Half a date does not say what the offset is.
  if (time_only_ && (known_ & kPartsDate) != 0 && (known_ & kPartsDate) != kPartsDate) {
    return Error::kBadFormat;
  }
  DateTimeFields when = tm_;
  if (time_only_ && (known_ & kPartsDate) == 0) {
    when = NowLocal();
    SetTimeOfDay(when, TimeOfDay(tm_));
  }
  const TimeZone& zone = named_zone_ != nullptr          ? *named_zone_
                         : abbreviation_zone_ != nullptr ? *abbreviation_zone_
                                                         : ZoneOf(settings_);
  ZoneOffset offset = OffsetOfLocal(zone, when);
  if (abbreviation_zone_ != nullptr && named_zone_ == nullptr) {
    // The abbreviation's own meaning around that time.
    const int64_t day = DayFromCivil(when.year, when.month, when.day);
    const int64_t instant = (day - kUnixEpochDay) * 86400 + TimeOfDay(when) / kUsPerSecond -
                            offset.seconds_east;
    if (const auto meaning = zone.MeaningOf(abbreviation_, instant)) offset = *meaning;
  }
  decoded_.zone_seconds_west = -offset.seconds_east;
  return Error::kNone;
}

void DateTimeDecoder::SetDateFromDay(int64_t day) {
  const CivilDate date = CivilFromDay(day);
  tm_.year = date.year;
  tm_.month = date.month;
  tm_.day = date.day;
}

DateTimeFields DateTimeDecoder::NowLocal() const {
  return SplitTimestamp(TimestampTzToLocal(settings_.transaction_time_us, ZoneOf(settings_)));
}

}  // namespace grizzly::types
