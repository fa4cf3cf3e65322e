// to_date() and to_timestamp(text, text).
//
// ERRORS  22007 for text that does not fit the format, 22008 for fields out of range
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/formatting/datetime_format.h"
#include "functions/kernel.h"
#include "types/text.h"
#include "types/timestamp.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsSeparator(char c) {
  return c > 0x20 && c < 0x7f && !IsDigit(c) && !(Upper(c) >= 'A' && Upper(c) <= 'Z');
}

// What the text said.
struct Read {
  std::optional<int> year, iso_year, month, day, day_of_year, week, week_of_month, weekday, century;
  std::optional<int> hour12, hour24, minute, second, microsecond, seconds_of_day, julian;
  std::optional<bool> afternoon, before_christ;
  std::optional<int> zone_hours, zone_minutes;
  int year_digits = 4;
  bool zone_negative = false;
  bool is_iso = false;
  bool is_gregorian = false;
};

class Reader {
 public:
  Reader(const DateFormat& format, View text) : f_(format), text_(text) {}

  Read Run() {
    for (size_t i = 0; i < f_.nodes.size(); ++i) {
      const FormatNode& node = f_.nodes[i];
      if (node.field == DateField::kLiteral || node.field == DateField::kSeparator) {
        Skip(node);
        continue;
      }
      if (at_ >= text_.size()) break;
      if (!f_.exact) SkipBlanksAndSeparators(i);
      Field(node, IsFollowedByDigits(i));
    }
    return read_;
  }

 private:
  // A separator or blank of the format takes one of the text, if there is one; a letter takes any.
  void Skip(const FormatNode& node) {
    if (node.field == DateField::kSeparator) {
      if (f_.exact) {
        at_ = std::min(at_ + 1, text_.size());
        return;
      }
      while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
      if (at_ < text_.size() && IsSeparator(text_[at_])) {
        ++at_;
        while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
      }
      return;
    }
    for (size_t n = types::Utf8Length(node.text); n > 0 && at_ < text_.size(); --n) {
      at_ = std::min(at_ + types::Utf8CharBytes(text_[at_]), text_.size());
    }
  }

  // Before a field, more blanks and separators than the format has are skipped, too; a sign right
  // before the number of a time zone hour is part of it.
  void SkipBlanksAndSeparators(size_t i) {
    const bool keeps_sign = f_.nodes[i].field == DateField::kZoneHours ||
                            f_.nodes[i].field == DateField::kZoneOffset;
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
    const bool after_separator = i > 0 && (f_.nodes[i - 1].field == DateField::kSeparator);
    if (!after_separator || keeps_sign) return;
    while (at_ < text_.size() && (IsSpace(text_[at_]) ||
                                  (IsSeparator(text_[at_]) && text_[at_] != '-' && text_[at_] != '+'))) {
      ++at_;
    }
  }

  // Whether the next thing in the format reads digits, so that this number has a fixed length.
  bool IsFollowedByDigits(size_t i) const {
    if (i + 1 >= f_.nodes.size()) return false;
    if (f_.nodes[i].ordinal != '\0') return false;
    switch (f_.nodes[i + 1].field) {
      case DateField::kLiteral: return !f_.nodes[i + 1].text.empty() && IsDigit(f_.nodes[i + 1].text[0]);
      case DateField::kSeparator:
      case DateField::kAmPm: case DateField::kAmPmDots:
      case DateField::kBcAd: case DateField::kBcAdDots:
      case DateField::kMonthName: case DateField::kMonthShort:
      case DateField::kDayName: case DateField::kDayShort:
      case DateField::kRomanMonth: case DateField::kZone:
        return false;
      default: return true;
    }
  }

  [[noreturn]] void ThrowInvalid(const FormatNode& node, View value, const char* detail) const {
    throw SqlError(SqlState::kInvalidDatetimeFormat,
                   fmt::format("invalid value \"{}\" for \"{}\"", value, node.text))
        .Detail(detail);
  }

  // A number of at most `digits` digits if the next field is one, else all digits there are.
  int Number(const FormatNode& node, int digits, bool fixed) {
    const size_t start = at_;
    bool negative = false;
    if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) {
      negative = text_[at_] == '-';
      ++at_;
    }
    if (fixed && !node.fill) {
      const View piece = text_.substr(start, static_cast<size_t>(digits));
      if (piece.size() < static_cast<size_t>(digits)) {
        throw SqlError(SqlState::kInvalidDatetimeFormat,
                       fmt::format("source string too short for \"{}\" formatting field",
                                   node.text))
            .Detail(fmt::format("Field requires {} characters, but only {} remain.", digits,
                                piece.size()))
            .Hint("If your source string is not fixed-width, try using the \"FM\" modifier.");
      }
    }
    int64_t value = 0;
    int count = 0;
    while (at_ < text_.size() && IsDigit(text_[at_]) && (!fixed || node.fill || count < digits)) {
      value = value * 10 + (text_[at_++] - '0');
      ++count;
      if (value > std::numeric_limits<int32_t>::max()) {
        throw SqlError(SqlState::kDatetimeFieldOverflow,
                       fmt::format("value for \"{}\" in source string is out of range", node.text))
            .Detail("Value must be in the range -2147483648 to 2147483647.");
      }
    }
    if (fixed && !node.fill && count > 0 && count < digits && at_ < text_.size() &&
        !(count < digits && IsSpace(text_[at_]))) {
      throw SqlError(SqlState::kInvalidDatetimeFormat,
                     fmt::format("invalid value \"{}\" for \"{}\"",
                                 text_.substr(start, static_cast<size_t>(digits)), node.text))
          .Detail(fmt::format("Field requires {} characters, but only {} could be parsed.", digits,
                              count))
          .Hint("If your source string is not fixed-width, try using the \"FM\" modifier.");
    }
    if (count == 0) {
      const size_t length = static_cast<size_t>(std::max(digits, 1));
      ThrowInvalid(node, text_.substr(start, length), "Value must be an integer.");
    }
    last_count_ = count;
    if (node.ordinal != '\0') at_ = std::min(at_ + 2, text_.size());
    return static_cast<int>(negative ? -value : value);
  }

  void Set(std::optional<int>& field, int value, const FormatNode& node) {
    if (field.has_value() && *field != value) {
      throw SqlError(SqlState::kInvalidDatetimeFormat,
                     fmt::format("conflicting values for \"{}\" field in formatting string",
                                 node.text))
          .Detail("This value contradicts a previous setting for the same field type.");
    }
    field = value;
  }

  // One of `names`, of which `length` characters (or all) must stand here, in any case.
  template <size_t count>
  int Name(const FormatNode& node, const View (&names)[count], size_t length) {
    size_t best = count, best_size = 0;
    for (size_t i = 0; i < count; ++i) {
      const View name = names[i].substr(0, length);
      if (name.size() <= best_size || text_.size() - at_ < name.size()) continue;
      bool same = true;
      for (size_t k = 0; k < name.size(); ++k) {
        same = same && Upper(text_[at_ + k]) == Upper(name[k]);
      }
      if (same) {
        best = i;
        best_size = name.size();
      }
    }
    if (best == count) {
      View word = text_.substr(at_);
      word = word.substr(0, std::min(word.size(), word.find(' ')));
      ThrowInvalid(node, word, "The given value did not match any of the allowed values for this field.");
    }
    at_ += best_size;
    return static_cast<int>(best);
  }

  void Field(const FormatNode& node, bool fixed) {
    static constexpr View kMeridians[] = {"A.M.", "P.M.", "AM", "PM"};
    static constexpr View kEras[] = {"A.D.", "B.C.", "AD", "BC"};
    switch (node.field) {
      case DateField::kAmPm:
      case DateField::kAmPmDots: read_.afternoon = Name(node, kMeridians, 4) % 2 == 1; return;
      case DateField::kBcAd:
      case DateField::kBcAdDots: read_.before_christ = Name(node, kEras, 4) % 2 == 1; return;
      case DateField::kHour12: return Set(read_.hour12, Number(node, 2, fixed), node);
      case DateField::kHour24: return Set(read_.hour24, Number(node, 2, fixed), node);
      case DateField::kMinute: return Set(read_.minute, Number(node, 2, fixed), node);
      case DateField::kSecond: return Set(read_.second, Number(node, 2, fixed), node);
      case DateField::kMilliseconds: return Fraction(node, 3, fixed);
      case DateField::kMicroseconds: return Fraction(node, 6, fixed);
      case DateField::kFraction: return Fraction(node, node.digits, fixed);
      case DateField::kSecondsOfDay:
        return Set(read_.seconds_of_day, Number(node, 5, fixed), node);
      default: return DatePart(node, fixed);
    }
  }

  // Digits after a point: "12" of MS is 120 milliseconds.
  void Fraction(const FormatNode& node, int digits, bool fixed) {
    int value = Number(node, digits, fixed);
    for (int i = last_count_; i < 6; ++i) value *= 10;
    for (int i = last_count_; i > 6; --i) value /= 10;
    Set(read_.microsecond, value, node);
  }

  void DatePart(const FormatNode& node, bool fixed) {
    switch (node.field) {
      case DateField::kYear: return Year(node, fixed, read_.year, false);
      case DateField::kIsoYear: return Year(node, fixed, read_.iso_year, true);
      case DateField::kYearComma: return YearComma(node);
      case DateField::kMonthName: return Gregorian(read_.month, Name(node, kMonthNames, 9) + 1, node);
      case DateField::kMonthShort: return Gregorian(read_.month, Name(node, kMonthNames, 3) + 1, node);
      case DateField::kMonth: return Gregorian(read_.month, Number(node, 2, fixed), node);
      case DateField::kRomanMonth:
        return Gregorian(read_.month, Name(node, kRomanMonths, 4) + 1, node);
      case DateField::kDayName: Name(node, kDayNames, 9); return;
      case DateField::kDayShort: Name(node, kDayNames, 3); return;
      case DateField::kDay: return Gregorian(read_.day, Number(node, 2, fixed), node);
      case DateField::kDayOfYear: return Gregorian(read_.day_of_year, Number(node, 3, fixed), node);
      case DateField::kIsoDayOfYear:
        Mark(true);
        return Set(read_.day_of_year, Number(node, 3, fixed), node);
      case DateField::kWeekday: Number(node, 1, fixed); return;
      case DateField::kIsoWeekday:
        Mark(true);
        return Set(read_.weekday, Number(node, 1, fixed), node);
      case DateField::kIsoWeek:
        Mark(true);
        return Set(read_.week, Number(node, 2, fixed), node);
      case DateField::kWeek: return Gregorian(read_.week, Number(node, 2, fixed), node);
      case DateField::kWeekOfMonth:
        return Gregorian(read_.week_of_month, Number(node, 1, fixed), node);
      case DateField::kCentury: return Set(read_.century, Number(node, 2, fixed), node);
      case DateField::kJulian: return Set(read_.julian, Number(node, 9, fixed), node);
      case DateField::kQuarter: Number(node, 1, fixed); return;  // says too little to be used
      default: return Zone(node, fixed);
    }
  }

  void Mark(bool iso) {
    (iso ? read_.is_iso : read_.is_gregorian) = true;
    if (read_.is_iso && read_.is_gregorian) {
      throw SqlError(SqlState::kInvalidDatetimeFormat, "invalid combination of date conventions")
          .Hint("Do not mix Gregorian and ISO week date conventions in a formatting template.");
    }
  }
  void Gregorian(std::optional<int>& field, int value, const FormatNode& node) {
    Mark(false);
    Set(field, value, node);
  }

  // Fewer than four digits mean the year nearest to 2020.
  void Year(const FormatNode& node, bool fixed, std::optional<int>& field, bool iso) {
    int year = Number(node, node.digits, fixed);
    if (last_count_ < 4 && node.digits < 4) {
      if (last_count_ == 3 || node.digits == 3) {
        year += year < 520 ? 2000 : 1000;
      } else if (node.digits == 2) {
        year += year < 70 ? 2000 : (year < 100 ? 1900 : (year < 520 ? 2000 : (year < 1000 ? 1000 : 0)));
      } else {
        year += 2000;
      }
    }
    read_.year_digits = node.digits;
    Mark(iso);
    Set(field, year, node);
  }
  void YearComma(const FormatNode& node) {
    const int thousands = Number(node, 4, false);
    if (at_ >= text_.size() || text_[at_] != ',') {
      throw SqlError(SqlState::kInvalidDatetimeFormat, "invalid input string for \"Y,YYY\"");
    }
    ++at_;
    Gregorian(read_.year, thousands * 1000 + Number(node, 3, true), node);
  }

  void Zone(const FormatNode& node, bool fixed) {
    switch (node.field) {
      case DateField::kZoneHours: {
        const char sign = text_[at_];
        if (sign == '+' || sign == '-' || sign == ' ') {
          read_.zone_negative = sign == '-';
          ++at_;
        } else if (at_ > 0 && text_[at_ - 1] == '-') {
          read_.zone_negative = true;
        }
        return Set(read_.zone_hours, Number(node, 2, fixed), node);
      }
      case DateField::kZoneMinutes: return Set(read_.zone_minutes, Number(node, 2, fixed), node);
      default:
        throw SqlError(SqlState::kFeatureNotSupported,
                       fmt::format("formatting field \"{}\" is only supported in to_char", node.text));
    }
  }

  const DateFormat& f_;
  const View text_;
  size_t at_ = 0;
  int last_count_ = 0;
  Read read_;
};

// Puts the fields together.
class Assembler {
 public:
  Assembler(const Read& read, View text) : r_(read), text_(text) {}

  types::DateTimeFields Run() {
    fields_.year = 0;
    fields_.month = 1;
    fields_.day = 1;
    Time();
    Year();
    Date();
    return fields_;
  }

 private:
  [[noreturn]] void ThrowRange() const {
    throw SqlError(SqlState::kDatetimeFieldOverflow,
                   fmt::format("date/time field value out of range: \"{}\"", text_));
  }

  void Time() {
    if (r_.seconds_of_day.has_value()) {
      const int seconds = *r_.seconds_of_day;
      if (seconds < 0 || seconds > 86400) ThrowRange();
      fields_.hour = seconds / 3600;
      fields_.minute = seconds % 3600 / 60;
      fields_.second = seconds % 60;
    }
    if (r_.second.has_value()) fields_.second = *r_.second;
    if (r_.minute.has_value()) fields_.minute = *r_.minute;
    if (r_.hour24.has_value()) fields_.hour = *r_.hour24;
    if (r_.hour12.has_value()) {
      const int hour = *r_.hour12;
      if (hour < 1 || hour > 12) {
        throw SqlError(SqlState::kInvalidDatetimeFormat,
                       fmt::format("hour \"{}\" is invalid for the 12-hour clock", hour))
            .Hint("Use the 24-hour clock, or give an hour between 1 and 12.");
      }
      fields_.hour = hour;
      if (r_.afternoon.value_or(false) && hour < 12) fields_.hour += 12;
      if (r_.afternoon.has_value() && !*r_.afternoon && hour == 12) fields_.hour = 0;
    }
    fields_.microsecond = r_.microsecond.value_or(0);
    if (fields_.hour < 0 || fields_.hour >= 24 || fields_.minute < 0 || fields_.minute > 59 ||
        fields_.second < 0 || fields_.second > 59) {
      ThrowRange();
    }
  }

  void Year() {
    std::optional<int> year = r_.is_iso ? r_.iso_year : r_.year;
    const bool before_christ = r_.before_christ.value_or(false);
    if (year.has_value()) {
      int value = *year;
      if (r_.century.has_value() && r_.year_digits <= 2) {
        int century = *r_.century;
        if (before_christ) century = -century;
        value %= 100;
        if (century >= 0) {
          value = value != 0 ? value + (century - 1) * 100 : century * 100;
        } else {
          value = (century + 1) * 100 - value + 1;
        }
      } else if (before_christ && value > 0) {
        value = -(value - 1);
      } else if (value < 0) {
        // A negative year is BC, as in make_date.
        value = before_christ ? -value : value + 1;
      }
      fields_.year = value;
      has_year_ = true;
    } else if (r_.century.has_value()) {
      const int century = before_christ ? -*r_.century : *r_.century;
      fields_.year = century >= 0 ? (century - 1) * 100 + 1 : century * 100 + 1;
      has_year_ = true;
    }
  }

  void FromDay(int64_t day) {
    const types::CivilDate date = types::CivilFromDay(day);
    fields_.year = date.year;
    fields_.month = date.month;
    fields_.day = date.day;
  }

  void Date() {
    if (r_.julian.has_value()) FromDay(int64_t{*r_.julian} - types::kJulianDayOf2000);
    if (r_.week.has_value()) {
      if (r_.is_iso) {
        const int64_t monday = types::DayFromIsoWeek(fields_.year, *r_.week);
        FromDay(monday + (r_.weekday.has_value() ? *r_.weekday - 1 : 0));
      } else {
        fields_.month = 1;
        FromDay(types::DayFromCivil(fields_.year, 1, 1) + (*r_.week - 1) * 7);
      }
    }
    if (r_.week_of_month.has_value()) fields_.day = (*r_.week_of_month - 1) * 7 + 1;
    if (r_.day.has_value()) fields_.day = *r_.day;
    if (r_.month.has_value()) fields_.month = *r_.month;
    if (r_.day_of_year.has_value() && !r_.month.has_value() && !r_.day.has_value()) DayOfYear();
    Validate();
  }

  void DayOfYear() {
    if (!has_year_ && !r_.before_christ.has_value()) {
      throw SqlError(SqlState::kInvalidDatetimeFormat,
                     "cannot calculate day of year without year information");
    }
    const int number = *r_.day_of_year;
    if (r_.is_iso) {
      FromDay(types::DayFromIsoWeek(fields_.year, 1) + number - 1);
      return;
    }
    if (number < 1 || number > (types::IsLeapYear(fields_.year) ? 366 : 365)) ThrowRange();
    FromDay(types::DayFromCivil(fields_.year, 1, 1) + number - 1);
  }

  void Validate() const {
    if (fields_.month < 1 || fields_.month > 12 || fields_.day < 1 || fields_.day > 31) {
      ThrowRange();
    }
    // Nothing about the date: the year 1 BC of an empty text.
    if (fields_.day > types::DaysInMonth(fields_.year, fields_.month)) ThrowRange();
  }

  const Read& r_;
  const View text_;
  types::DateTimeFields fields_;
  bool has_year_ = false;
};

Read ReadText(View text, View format) {
  const DateFormat parsed = ParseDateFormat(format);
  return Reader(parsed, text).Run();
}

int32_t ToDate(View text, View format) {
  const Read read = ReadText(text, format);
  const types::DateTimeFields fields = Assembler(read, text).Run();
  if (!types::IsValidJulian(fields.year, fields.month, fields.day)) {
    throw SqlError(SqlState::kDatetimeFieldOverflow,
                   fmt::format("date out of range: \"{}\"", text));
  }
  const int64_t day = types::DayFromCivil(fields.year, fields.month, fields.day);
  if (!types::IsValidDate(day)) {
    throw SqlError(SqlState::kDatetimeFieldOverflow,
                   fmt::format("date out of range: \"{}\"", text));
  }
  return static_cast<int32_t>(day);
}

int64_t ToTimestamp(FunctionContext& context, View text, View format) {
  const Read read = ReadText(text, format);
  const types::DateTimeFields fields = Assembler(read, text).Run();
  int64_t local;
  if (!types::JoinTimestamp(fields, &local)) types::ThrowTimestampOutOfRange();
  if (!read.zone_hours.has_value() && !read.zone_minutes.has_value()) {
    return types::LocalToTimestampTz(local, types::ZoneOf(*context.io));
  }
  const int64_t seconds =
      read.zone_hours.value_or(0) * 3600 + read.zone_minutes.value_or(0) * 60;
  const int64_t east = read.zone_negative ? -seconds : seconds;
  return local - east * types::kUsPerSecond;
}

}  // namespace

void RegisterToTimestamp(Registry& registry) {
  registry.AddScalar("to_date", Cold<&ToDate>);
  registry.AddScalar("to_timestamp", Cold<&ToTimestamp>);
}

}  // namespace grizzly::functions
