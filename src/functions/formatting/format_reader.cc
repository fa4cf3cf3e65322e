#include "functions/formatting/format_reader.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/text.h"

namespace grizzly::functions {
namespace {

using View = std::string_view;

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsSeparator(char c) {
  return c > 0x20 && c < 0x7f && !IsDigit(c) && !(Upper(c) >= 'A' && Upper(c) <= 'Z');
}

[[noreturn]] void ThrowFormat(std::string message) {
  throw SqlError(SqlState::kInvalidDatetimeFormat, std::move(message));
}

// Two-digit and three-digit years are those nearest to 2020.
int NearestYear(int year) {
  if (year < 70) return year + 2000;
  if (year < 100) return year + 1900;
  if (year < 520) return year + 2000;
  return year < 1000 ? year + 1000 : year;
}

class FormatReader {
 public:
  FormatReader(View text, const DateFormat& format, FormatMode mode)
      : f_(format), text_(text), is_standard_(mode == FormatMode::kStandard) {
    exact_ = is_standard_;
  }

  FormatFields Run() {
    size_t i = 0;
    for (; i < f_.nodes.size() && at_ < text_.size(); ++i) {
      const FormatNode& node = f_.nodes[i];
      exact_ = exact_ || node.exact;
      const bool is_field = node.field > DateField::kSeparator;
      if (!exact_ && (is_field || i == 0)) SkipSpaces();
      if (node.field == DateField::kSeparator) {
        Separator(node);
      } else if (node.field == DateField::kLiteral) {
        Literal(node);
      } else {
        next_is_separator_ = NextIsSeparator(i);
        Mark(node);
        Field(node);
        if (exact_) continue;
        skipped_ = 0;
        SkipSpaces();
      }
    }
    if (is_standard_) Finish(i);
    return read_;
  }

 private:
  void Finish(size_t next_node) {
    if (next_node < f_.nodes.size()) ThrowFormat("input string is too short for datetime format");
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
    if (at_ < text_.size()) {
      ThrowFormat("trailing characters remain in input string after datetime format");
    }
  }

  // More blanks than the format asked for; what the format says later may be taken out of them.
  void SkipSpaces() {
    for (; at_ < text_.size() && IsSpace(text_[at_]); ++at_) ++skipped_;
  }
  void SkipCharacter() {
    if (at_ < text_.size()) at_ = std::min(at_ + types::Utf8CharBytes(text_[at_]), text_.size());
  }

  void Separator(const FormatNode& node) {
    if (is_standard_) {
      if (text_[at_] != node.text[0]) {
        ThrowFormat(fmt::format("unmatched format separator \"{}\"", node.text[0]));
      }
      ++at_;
    } else if (exact_) {
      SkipCharacter();
    } else {
      --skipped_;
      if (!IsSpace(text_[at_]) && !IsSeparator(text_[at_])) return;
      ++at_;
      ++skipped_;
    }
  }

  // Characters of the text are passed over, whatever they are.
  void Literal(const FormatNode& node) {
    for (size_t i = 0; i < node.text.size() && at_ < text_.size();) {
      const size_t bytes = types::Utf8CharBytes(node.text[i]);
      if (is_standard_ && text_.substr(at_, bytes) != View(node.text).substr(i, bytes)) {
        ThrowFormat(fmt::format("unmatched format character \"{}\"", node.text.substr(i, bytes)));
      }
      if (!exact_ && skipped_ > 0) {
        --skipped_;
      } else {
        SkipCharacter();
      }
      i += bytes;
    }
  }

  // Whether a number may have any length, because what follows it cannot be a digit.
  bool NextIsSeparator(size_t i) const {
    if (f_.nodes[i].ordinal != '\0' || i + 1 >= f_.nodes.size()) return true;
    const FormatNode& next = f_.nodes[i + 1];
    switch (next.field) {
      case DateField::kLiteral: return next.text.empty() || !IsDigit(next.text[0]);
      case DateField::kSeparator:
      case DateField::kAmPm: case DateField::kAmPmDots:
      case DateField::kBcAd: case DateField::kBcAdDots:
      case DateField::kMonthName: case DateField::kMonthShort:
      case DateField::kDayName: case DateField::kDayShort:
      case DateField::kRomanMonth: case DateField::kZone: case DateField::kZoneOffset:
      case DateField::kZoneHours:
        return true;
      default: return false;
    }
  }

  // ---- reading ----
  struct Number {
    int value = 0;
    int length = 0;  // characters it took
  };
  Number TakeNumber(const FormatNode& node, int length) {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
    const size_t start = at_;
    const bool is_free = node.fill || next_is_separator_;
    const View piece = is_free ? text_.substr(start) : text_.substr(start, length);
    if (!is_free && piece.size() < static_cast<size_t>(length)) {
      throw SqlError(SqlState::kInvalidDatetimeFormat,
                     fmt::format("source string too short for \"{}\" formatting field", node.text))
          .Detail(fmt::format("Field requires {} characters, but only {} remain.", length,
                              piece.size()))
          .Hint("If your source string is not fixed-width, try using the \"FM\" modifier.");
    }
    size_t used = 0;
    const int64_t value = ReadInteger(piece, &used);
    if (!is_free && used > 0 && used < static_cast<size_t>(length)) {
      throw SqlError(SqlState::kInvalidDatetimeFormat,
                     fmt::format("invalid value \"{}\" for \"{}\"", piece, node.text))
          .Detail(fmt::format("Field requires {} characters, but only {} could be parsed.", length,
                              used))
          .Hint("If your source string is not fixed-width, try using the \"FM\" modifier.");
    }
    if (used == 0) {
      throw SqlError(SqlState::kInvalidDatetimeFormat,
                     fmt::format("invalid value \"{}\" for \"{}\"",
                                 text_.substr(start, static_cast<size_t>(std::max(length, 0))),
                                 node.text))
          .Detail("Value must be an integer.");
    }
    if (value > std::numeric_limits<int32_t>::max() || value < std::numeric_limits<int32_t>::min()) {
      throw SqlError(SqlState::kDatetimeFieldOverflow,
                     fmt::format("value for \"{}\" in source string is out of range", node.text))
          .Detail("Value must be in the range -2147483648 to 2147483647.");
    }
    at_ = start + used;
    return {static_cast<int>(value), static_cast<int>(used)};
  }

  // As strtol does; a value beyond int64 stays there.
  static int64_t ReadInteger(View piece, size_t* used) {
    size_t i = 0;
    while (i < piece.size() && IsSpace(piece[i])) ++i;
    const bool is_negative = i < piece.size() && piece[i] == '-';
    if (i < piece.size() && (piece[i] == '-' || piece[i] == '+')) ++i;
    const size_t digits = i;
    int64_t value = 0;
    for (; i < piece.size() && IsDigit(piece[i]); ++i) {
      if (value < std::numeric_limits<int64_t>::max() / 20) value = value * 10 + (piece[i] - '0');
    }
    *used = i > digits ? i : 0;
    return is_negative ? -value : value;
  }

  void Set(int& field, int value, const FormatNode& node) {
    if (field != 0 && field != value) {
      throw SqlError(SqlState::kInvalidDatetimeFormat,
                     fmt::format("conflicting values for \"{}\" field in formatting string",
                                 node.text))
          .Detail("This value contradicts a previous setting for the same field type.");
    }
    field = value;
  }
  int Take(int& field, const FormatNode& node, int length) {
    const Number number = TakeNumber(node, length);
    Set(field, number.value, node);
    Ordinal(node);
    return number.length;
  }
  void Take(int& field, const FormatNode& node) { Take(field, node, node.digits); }
  void Ordinal(const FormatNode& node) {
    if (node.ordinal == '\0') return;
    SkipCharacter();
    SkipCharacter();
  }

  // One of `names`, in any case; `length` letters of each count.
  template <size_t count>
  int Name(const FormatNode& node, const View (&names)[count], size_t length = View::npos) {
    for (size_t i = 0; i < count; ++i) {
      const View name = names[i].substr(0, length);
      if (text_.size() - at_ < name.size()) continue;
      bool same = true;
      for (size_t k = 0; k < name.size(); ++k) {
        same = same && Upper(text_[at_ + k]) == Upper(name[k]);
      }
      if (!same) continue;
      at_ += name.size();
      return static_cast<int>(i);
    }
    View word = text_.substr(at_);
    size_t end = 0;
    while (end < word.size() && !IsSpace(word[end])) ++end;
    throw SqlError(SqlState::kInvalidDatetimeFormat,
                   fmt::format("invalid value \"{}\" for \"{}\"", word.substr(0, end), node.text))
        .Detail("The given value did not match any of the allowed values for this field.");
  }

  // ---- fields ----
  void Mark(const FormatNode& node) {
    switch (node.field) {
      case DateField::kIsoYear: case DateField::kIsoDayOfYear:
      case DateField::kIsoWeek: case DateField::kIsoWeekday:
        read_.is_iso_week = true;
        break;
      case DateField::kDay: case DateField::kDayOfYear: case DateField::kMonth:
      case DateField::kMonthName: case DateField::kMonthShort: case DateField::kRomanMonth:
      case DateField::kWeek: case DateField::kWeekOfMonth:
      case DateField::kWeekday: case DateField::kYear: case DateField::kYearComma:
        read_.is_gregorian = true;
        break;
      default: return;
    }
    if (!read_.is_iso_week || !read_.is_gregorian) return;
    throw SqlError(SqlState::kInvalidDatetimeFormat, "invalid combination of date conventions")
        .Hint("Do not mix Gregorian and ISO week date conventions in a formatting template.");
  }

  void Field(const FormatNode& node) {
    static constexpr View kMeridians[] = {"AM", "PM"};
    static constexpr View kDottedMeridians[] = {"A.M.", "P.M."};
    switch (node.field) {
      case DateField::kAmPm:
        Set(read_.afternoon, Name(node, kMeridians), node);
        read_.is_12_hours = true;
        return;
      case DateField::kAmPmDots:
        Set(read_.afternoon, Name(node, kDottedMeridians), node);
        read_.is_12_hours = true;
        return;
      case DateField::kHour12:
        read_.is_12_hours = true;
        return Take(read_.hour, node);
      case DateField::kHour24: return Take(read_.hour, node);
      case DateField::kMinute: return Take(read_.minute, node);
      case DateField::kSecond: return Take(read_.second, node);
      case DateField::kMilliseconds: return Fraction(read_.millisecond, node, 3);
      case DateField::kMicroseconds: return Fraction(read_.microsecond, node, 6);
      case DateField::kFraction: return Fraction(read_.microsecond, node, 6);
      case DateField::kSecondsOfDay: return Take(read_.seconds_of_day, node);
      default: return DatePart(node);
    }
  }

  // Digits after a point: "12" of MS is 120 milliseconds.
  void Fraction(int& field, const FormatNode& node, int unit_digits) {
    const int length = Take(field, node, node.digits);
    for (int i = length; i < unit_digits; ++i) field *= 10;
  }

  void DatePart(const FormatNode& node) {
    static constexpr View kEras[] = {"AD", "BC"};
    static constexpr View kDottedEras[] = {"A.D.", "B.C."};
    switch (node.field) {
      case DateField::kBcAd: return Set(read_.before_christ, Name(node, kEras), node);
      case DateField::kBcAdDots: return Set(read_.before_christ, Name(node, kDottedEras), node);
      case DateField::kYear:
      case DateField::kIsoYear: return Year(node);
      case DateField::kYearComma: return YearComma(node);
      case DateField::kMonthName: return Set(read_.month, Name(node, kMonthNames) + 1, node);
      case DateField::kMonthShort: return Set(read_.month, Name(node, kMonthNames, 3) + 1, node);
      case DateField::kMonth: return Take(read_.month, node);
      case DateField::kRomanMonth: return RomanMonth(node);
      case DateField::kDayName: return Set(read_.weekday, Name(node, kDayNames) + 1, node);
      case DateField::kDayShort: return Set(read_.weekday, Name(node, kDayNames, 3) + 1, node);
      case DateField::kWeekday: return Take(read_.weekday, node);
      case DateField::kIsoWeekday:
        Take(read_.weekday, node);
        read_.weekday = read_.weekday >= 7 ? 1 : read_.weekday + 1;
        return;
      case DateField::kDay: return Take(read_.day, node);
      case DateField::kDayOfYear:
      case DateField::kIsoDayOfYear: return Take(read_.day_of_year, node);
      case DateField::kIsoWeek:
      case DateField::kWeek: return Take(read_.week, node);
      case DateField::kWeekOfMonth: return Take(read_.week_of_month, node);
      case DateField::kCentury: return Take(read_.century, node);
      case DateField::kJulian: Take(read_.julian, node, 1); return;
      case DateField::kQuarter: {  // says too little to be used
        int ignored = 0;
        return Take(ignored, node);
      }
      default: return Zone(node);
    }
  }

  // The longest numeral first.
  void RomanMonth(const FormatNode& node) {
    static constexpr View kDescending[] = {"XII", "XI", "X",   "IX", "VIII", "VII",
                                           "VI",  "V",  "IV",  "III", "II",  "I"};
    Set(read_.month, 12 - Name(node, kDescending), node);
  }

  void Year(const FormatNode& node) {
    const Number number = TakeNumber(node, node.digits);
    const bool is_partial = node.digits < 4 && number.length < 4;
    Set(read_.year, is_partial ? NearestYear(number.value) : number.value, node);
    Ordinal(node);
    read_.year_digits = node.digits;
  }
  void YearComma(const FormatNode& node) {
    size_t used = 0;
    const View rest = text_.substr(at_);
    const int64_t thousands = ReadInteger(rest, &used);
    size_t more = 0;
    int64_t years = 0;
    if (used > 0 && used < rest.size() && rest[used] == ',') {
      years = ReadInteger(rest.substr(used + 1, 3), &more);
    }
    if (more == 0) ThrowFormat("invalid input string for \"Y,YYY\"");
    at_ += used + 1 + more;
    const int64_t year = thousands * 1000 + years;
    if (year > std::numeric_limits<int32_t>::max()) {
      throw SqlError(SqlState::kDatetimeFieldOverflow,
                     fmt::format("value for \"{}\" in source string is out of range", node.text));
    }
    Set(read_.year, static_cast<int>(year), node);
    read_.year_digits = 4;
    Ordinal(node);
  }

  void Zone(const FormatNode& node) {
    if (node.field == DateField::kZoneHours) {
      const char sign = text_[at_];
      if (sign == '+' || sign == '-' || sign == ' ') {
        read_.zone_sign = sign == '-' ? -1 : 1;
        ++at_;
      } else {
        // The minus may have gone as a separator.
        const bool was_minus = skipped_ > 0 && at_ > 0 && text_[at_ - 1] == '-';
        read_.zone_sign = was_minus ? -1 : 1;
      }
      Take(read_.zone_hours, node, 2);
      return;
    }
    if (node.field == DateField::kZoneMinutes) {
      if (read_.zone_sign == 0) read_.zone_sign = 1;
      Take(read_.zone_minutes, node, 2);
      return;
    }
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("formatting field \"{}\" is only supported in to_char", node.text));
  }

  const DateFormat& f_;
  const View text_;
  const bool is_standard_;
  bool exact_ = false;              // FX: no skipping
  bool next_is_separator_ = false;
  size_t at_ = 0;
  int skipped_ = 0;  // blanks and separators taken beyond what the format asked for
  FormatFields read_;
};

}  // namespace

FormatFields ReadByFormat(std::string_view text, const DateFormat& format, FormatMode mode) {
  return FormatReader(text, format, mode).Run();
}

}  // namespace grizzly::functions
