// to_char() of timestamps and intervals.
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/formatting/datetime_format.h"
#include "functions/formatting/ordinal.h"
#include "functions/kernel.h"
#include "types/interval.h"
#include "types/timestamp.h"

namespace grizzly::functions {
namespace {

using types::DateTimeFields;

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string InCase(std::string_view capitalised, LetterCase letters) {
  std::string text(capitalised);
  if (letters == LetterCase::kCapital) return text;
  for (char& c : text) c = letters == LetterCase::kUpper ? Upper(c) : Lower(c);
  return text;
}

// What is written: a point in time, or an interval taken apart.
struct Written {
  DateTimeFields fields;
  int day_of_year = 0;
  int weekday = 0;  // 0 is Sunday
  bool is_interval = false;
  bool has_zone = false;
  int32_t zone_seconds_east = 0;
  std::string_view zone_name;
};

class Writer {
 public:
  Writer(const Written& value, std::string& out) : v_(value), f_(value.fields), out_(out) {}

  void Write(const FormatNode& node) {
    switch (node.field) {
      case DateField::kLiteral:
      case DateField::kSeparator: out_ += node.text; return;
      case DateField::kAmPm: return Meridian(node, false);
      case DateField::kAmPmDots: return Meridian(node, true);
      case DateField::kBcAd: return Era(node, false);
      case DateField::kBcAdDots: return Era(node, true);
      case DateField::kHour12:
        return Number(node, f_.hour % 12 == 0 ? 12 : f_.hour % 12, Wide(f_.hour, 2));
      case DateField::kHour24: return Number(node, f_.hour, Wide(f_.hour, 2));
      case DateField::kMinute: return Number(node, f_.minute, Wide(f_.minute, 2));
      case DateField::kSecond: return Number(node, f_.second, Wide(f_.second, 2));
      case DateField::kMilliseconds: return Fixed(node, f_.microsecond / 1000, 3);
      case DateField::kMicroseconds: return Fixed(node, f_.microsecond, 6);
      case DateField::kFraction: return Fraction(node);
      case DateField::kSecondsOfDay:
        return Number(node, f_.hour * 3600 + f_.minute * 60 + f_.second, 0);
      default: return WriteDate(node);
    }
  }

 private:
  void WriteDate(const FormatNode& node) {
    switch (node.field) {
      case DateField::kYearComma: return YearComma(node);
      case DateField::kYear: return Year(node, f_.year);
      case DateField::kIsoYear: return Year(node, IsoYear());
      case DateField::kMonthName: return MonthName(node, 9);
      case DateField::kMonthShort: return MonthName(node, 3);
      case DateField::kMonth: return Number(node, f_.month, Wide(f_.month, 2));
      case DateField::kRomanMonth: return RomanMonth(node);
      case DateField::kDayName: return DayName(node, 9);
      case DateField::kDayShort: return DayName(node, 3);
      case DateField::kDayOfYear: return Number(node, v_.day_of_year, 3);
      case DateField::kIsoDayOfYear: return Number(node, IsoDayOfYear(), 3);
      case DateField::kDay: return Number(node, f_.day, 2);
      case DateField::kWeekday: RefuseInterval(); return Number(node, v_.weekday + 1, 0);
      case DateField::kIsoWeekday:
        RefuseInterval();
        return Number(node, v_.weekday == 0 ? 7 : v_.weekday, 0);
      case DateField::kWeekOfMonth: return Number(node, (f_.day - 1) / 7 + 1, 0);
      case DateField::kWeek: return Number(node, (v_.day_of_year - 1) / 7 + 1, 2);
      case DateField::kIsoWeek: return Number(node, types::IsoWeek(Date()), 2);
      case DateField::kCentury: return Century(node);
      case DateField::kJulian:
        return Number(node,
                      static_cast<int>(types::DayFromCivil(f_.year, f_.month, f_.day) +
                                       types::kJulianDayOf2000),
                      0);
      case DateField::kQuarter:
        if (f_.month != 0) Number(node, (f_.month - 1) / 3 + 1, 0);
        return;
      default: return Zone(node);
    }
  }

  types::CivilDate Date() const { return {f_.year, f_.month, f_.day}; }
  static int Wide(int value, int width) { return value >= 0 ? width : width + 1; }

  void RefuseInterval() const {
    if (!v_.is_interval) return;
    throw SqlError(SqlState::kInvalidDatetimeFormat,
                   "invalid format specification for an interval value")
        .Hint("Intervals are not tied to specific calendar dates.");
  }

  // A number padded with zeros to `width`, unless FM.
  void Number(const FormatNode& node, int64_t value, int width) {
    AppendOrdinal(fmt::format("{:0{}}", value, node.fill ? 0 : width), node.ordinal, out_);
  }
  // Always of full width.
  void Fixed(const FormatNode& node, int value, int width) {
    AppendOrdinal(fmt::format("{:0{}}", value, width), node.ordinal, out_);
  }
  void Fraction(const FormatNode& node) {
    int value = f_.microsecond;
    for (int i = node.digits; i < 6; ++i) value /= 10;
    Fixed(node, value, node.digits);
  }

  void Words(std::string_view dotted, LetterCase letters, bool dots) {
    std::string text;
    for (char c : dotted) {
      if (dots || c != '.') text += c;
    }
    out_ += InCase(text, letters);
  }
  void Meridian(const FormatNode& node, bool dots) {
    const int hour = ((f_.hour % 24) + 24) % 24;
    Words(f_.hour % 24 >= 12 && hour >= 12 ? "P.M." : "A.M.", node.letters, dots);
  }
  void Era(const FormatNode& node, bool dots) {
    RefuseInterval();
    Words(f_.year <= 0 ? "B.C." : "A.D.", node.letters, dots);
  }

  // 1 BC is written 1.
  int64_t Shown(int64_t year) const { return v_.is_interval || year > 0 ? year : 1 - year; }
  int IsoYear() const { return types::IsoYear(Date()); }
  int IsoDayOfYear() const {
    return static_cast<int>(types::DayFromCivil(f_.year, f_.month, f_.day) -
                            types::DayFromIsoWeek(IsoYear(), 1)) + 1;
  }
  void Year(const FormatNode& node, int64_t year) {
    constexpr int64_t kPowers[] = {1, 10, 100, 1000};
    const int64_t shown = Shown(year);
    if (node.digits == 4) return Number(node, shown, shown >= 0 ? 4 : 5);
    const int64_t cut = shown % kPowers[node.digits];
    Number(node, cut, node.digits);
  }
  void YearComma(const FormatNode& node) {
    const int64_t year = Shown(f_.year);
    AppendOrdinal(fmt::format("{},{:03}", year / 1000, year % 1000), node.ordinal, out_);
  }
  void Century(const FormatNode& node) {
    int64_t century = f_.year / 100;
    if (!v_.is_interval) {
      century = f_.year > 0 ? (f_.year - 1) / 100 + 1 : f_.year / 100 - 1;
    }
    Number(node, century, century <= 99 && century >= -99 ? Wide(static_cast<int>(century), 2) : 0);
  }

  // Full names are padded to nine characters.
  void Name(const FormatNode& node, std::string_view name, size_t length) {
    std::string text = InCase(name.substr(0, length), node.letters);
    if (length > 3 && !node.fill && !node.translated) text.resize(9, ' ');
    out_ += text;
  }
  void MonthName(const FormatNode& node, size_t length) {
    RefuseInterval();
    if (f_.month != 0) Name(node, kMonthNames[f_.month - 1], length);
  }
  void DayName(const FormatNode& node, size_t length) {
    RefuseInterval();
    Name(node, kDayNames[v_.weekday], length);
  }
  void RomanMonth(const FormatNode& node) {
    if (f_.month == 0 && f_.year == 0) return;
    int index = f_.month - 1;
    if (f_.month == 0) {
      index = f_.year >= 0 ? 11 : 0;
    } else if (f_.month < 0) {
      index = 12 + f_.month;  // counted from the end
    }
    std::string text = InCase(kRomanMonths[index], node.letters);
    if (!node.fill && text.size() < 4) text.resize(4, ' ');
    out_ += text;
  }

  void Zone(const FormatNode& node) {
    RefuseInterval();
    const int seconds = v_.zone_seconds_east;
    const char sign = seconds < 0 ? '-' : '+';
    const int size = seconds < 0 ? -seconds : seconds;
    switch (node.field) {
      case DateField::kZone:
        for (char c : v_.zone_name) out_ += node.letters == LetterCase::kLower ? Lower(c) : Upper(c);
        return;
      case DateField::kZoneHours: out_ += fmt::format("{}{:02}", sign, size / 3600); return;
      case DateField::kZoneMinutes: out_ += fmt::format("{:02}", size % 3600 / 60); return;
      default:
        out_ += fmt::format("{}{:0{}}", sign, size / 3600, node.fill ? 0 : 2);
        if (size % 3600 != 0) out_ += fmt::format(":{:02}", size % 3600 / 60);
    }
  }

  const Written& v_;
  const DateTimeFields& f_;
  std::string& out_;
};

Datum Render(FunctionContext& context, const Written& value, std::string_view format) {
  thread_local std::string cached_text;
  thread_local DateFormat cached;
  if (cached_text != format || cached.nodes.empty()) {
    cached = ParseDateFormat(format);
    cached_text = format;
  }
  std::string out;
  Writer writer(value, out);
  for (const FormatNode& node : cached.nodes) writer.Write(node);
  return Datum::OfString(out, *context.result_heap);
}

Written WrittenAt(int64_t local) {
  Written value;
  value.fields = types::SplitTimestamp(local);
  const types::CivilDate date{value.fields.year, value.fields.month, value.fields.day};
  value.day_of_year = types::DayOfYear(date);
  value.weekday = types::DayOfWeek(types::DayFromCivil(date.year, date.month, date.day));
  return value;
}

Datum TimestampToChar(FunctionContext& context, int64_t timestamp, std::string_view format) {
  if (format.empty() || !types::IsFiniteTimestamp(timestamp)) return Datum::Null();
  return Render(context, WrittenAt(timestamp), format);
}

Datum TimestampTzToChar(FunctionContext& context, int64_t timestamp, std::string_view format) {
  if (format.empty() || !types::IsFiniteTimestamp(timestamp)) return Datum::Null();
  const types::TimeZone& zone = types::ZoneOf(*context.io);
  const types::ZoneOffset offset = types::OffsetAt(zone, timestamp);
  Written value = WrittenAt(types::TimestampTzToLocal(timestamp, zone));
  value.has_zone = true;
  value.zone_seconds_east = offset.seconds_east;
  value.zone_name = offset.abbreviation;
  return Render(context, value, format);
}

Datum IntervalToChar(FunctionContext& context, types::IntervalValue interval,
                     std::string_view format) {
  if (format.empty()) return Datum::Null();
  Written value;
  value.is_interval = true;
  DateTimeFields& fields = value.fields;
  fields.year = interval.months / 12;
  fields.month = interval.months % 12;
  fields.day = interval.days;
  int64_t rest = interval.microseconds;
  fields.hour = static_cast<int32_t>(rest / types::kUsPerHour);
  rest %= types::kUsPerHour;
  fields.minute = static_cast<int32_t>(rest / types::kUsPerMinute);
  rest %= types::kUsPerMinute;
  fields.second = static_cast<int32_t>(rest / types::kUsPerSecond);
  fields.microsecond = static_cast<int32_t>(rest % types::kUsPerSecond);
  value.day_of_year = (fields.year * 12 + fields.month) * types::kDaysPerMonth + fields.day;
  return Render(context, value, format);
}

}  // namespace

void RegisterDateTimeToChar(Registry& registry) {
  registry.AddScalar("timestamp_to_char", Cold<&TimestampToChar>);
  registry.AddScalar("timestamptz_to_char", Cold<&TimestampTzToChar>);
  registry.AddScalar("interval_to_char", Cold<&IntervalToChar>);
}

}  // namespace grizzly::functions
