// date, time, timetz, timestamp, timestamptz from and to text.
#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "types/datetime_parse.h"
#include "types/timestamp.h"

namespace grizzly::types {
namespace {

constexpr const char* kMonthNames[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr const char* kDayNames[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

[[noreturn]] void ThrowOutOfRange(const char* type, std::string_view text) {
  throw SqlError(SqlState::kDatetimeValueOutOfRange,
                 fmt::format("{} out of range: \"{}\"", type, text));
}

void AppendTwoDigits(std::string& out, int32_t value) {
  const char digits[] = {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
  out.append(digits, 2);
}

void AppendYear(std::string& out, int32_t year) {
  const int32_t shown = year > 0 ? year : 1 - year;
  if (shown < 10000) {
    AppendTwoDigits(out, shown / 100);
    AppendTwoDigits(out, shown % 100);
  } else {
    out += std::to_string(shown);
  }
}

void AppendClock(std::string& out, const DateTimeFields& fields) {
  AppendTwoDigits(out, fields.hour);
  out += ':';
  AppendTwoDigits(out, fields.minute);
  out += ':';
  AppendTwoDigits(out, fields.second);
  if (fields.microsecond == 0) return;
  char digits[7] = {'.'};
  int32_t rest = fields.microsecond;
  for (int i = 6; i >= 1; --i, rest /= 10) digits[i] = static_cast<char>('0' + rest % 10);
  int size = 7;
  while (digits[size - 1] == '0') --size;
  out.append(digits, size);
}

void AppendDayMonth(std::string& out, const DateTimeFields& fields, char delimiter, bool day_first) {
  AppendTwoDigits(out, day_first ? fields.day : fields.month);
  out += delimiter;
  AppendTwoDigits(out, day_first ? fields.month : fields.day);
  out += delimiter;
}

void AppendDateFields(std::string& out, const DateTimeFields& fields, const IoSettings& settings) {
  const bool day_first = settings.date_order == DateOrder::kDmy;
  switch (settings.date_style) {
    case DateStyle::kIso:
      AppendYear(out, fields.year);
      out += '-';
      AppendTwoDigits(out, fields.month);
      out += '-';
      AppendTwoDigits(out, fields.day);
      return;
    case DateStyle::kSql: AppendDayMonth(out, fields, '/', day_first); break;
    case DateStyle::kGerman: AppendDayMonth(out, fields, '.', true); break;
    case DateStyle::kPostgres: AppendDayMonth(out, fields, '-', day_first); break;
  }
  AppendYear(out, fields.year);
}

// `zone` is null for timestamp.
void AppendDateTime(std::string& out, const DateTimeFields& fields, const ZoneOffset* zone,
                    const IoSettings& settings) {
  if (settings.date_style == DateStyle::kPostgres) {
    out += kDayNames[DayOfWeek(DayFromCivil(fields.year, fields.month, fields.day))];
    out += ' ';
    const char* month = kMonthNames[fields.month - 1];
    if (settings.date_order == DateOrder::kDmy) {
      AppendTwoDigits(out, fields.day);
      out += ' ';
      out += month;
    } else {
      out += month;
      out += ' ';
      AppendTwoDigits(out, fields.day);
    }
    out += ' ';
    AppendClock(out, fields);
    out += ' ';
    AppendYear(out, fields.year);
  } else {
    AppendDateFields(out, fields, settings);
    out += ' ';
    AppendClock(out, fields);
  }
  if (zone != nullptr) {
    if (settings.date_style == DateStyle::kIso) {
      AppendZoneOffset(out, zone->seconds_east);
    } else {
      out += ' ';
      out += zone->abbreviation.substr(0, 10);
    }
  }
  if (fields.year <= 0) out += " BC";
}

bool AppendInfinity(std::string& out, int64_t timestamp) {
  if (IsFiniteTimestamp(timestamp)) return false;
  out += timestamp == kTimestampInfinity ? "infinity" : "-infinity";
  return true;
}

bool ReadDigits(std::string_view text, size_t at, size_t count, int32_t* value) {
  *value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    *value = *value * 10 + (text[i] - '0');
  }
  return true;
}

// "2001-02-03", the form of nearly every date; false leaves it to the long road.
bool ReadIsoDate(std::string_view text, DateTimeFields* fields) {
  return text.size() >= 10 && text[4] == '-' && text[7] == '-' &&
         ReadDigits(text, 0, 4, &fields->year) && ReadDigits(text, 5, 2, &fields->month) &&
         ReadDigits(text, 8, 2, &fields->day) && fields->year > 0 && fields->month >= 1 &&
         fields->month <= 12 && fields->day >= 1 &&
         fields->day <= DaysInMonth(fields->year, fields->month);
}

// "2001-02-03 04:05:06[.789]" without a zone.
bool ReadIsoTimestamp(std::string_view text, DateTimeFields* fields) {
  if (text.size() < 19 || text.size() > 26 || !ReadIsoDate(text, fields) || text[10] != ' ' ||
      text[13] != ':' || text[16] != ':' || !ReadDigits(text, 11, 2, &fields->hour) ||
      !ReadDigits(text, 14, 2, &fields->minute) || !ReadDigits(text, 17, 2, &fields->second) ||
      fields->hour > 23 || fields->minute > 59 || fields->second > 59) {
    return false;
  }
  if (text.size() == 19) return true;
  const size_t digits = text.size() - 20;
  if (text[19] != '.' || digits == 0 || !ReadDigits(text, 20, digits, &fields->microsecond)) {
    return false;
  }
  for (size_t i = digits; i < 6; ++i) fields->microsecond *= 10;
  return true;
}

int64_t ToTimestamp(const DecodedDateTime& decoded, bool with_zone, std::string_view text) {
  switch (decoded.kind) {
    case DecodedDateTime::Kind::kEpoch: return kUnixEpochUs;
    case DecodedDateTime::Kind::kInfinity: return kTimestampInfinity;
    case DecodedDateTime::Kind::kNegativeInfinity: return kTimestampNegativeInfinity;
    default: break;
  }
  int64_t us;
  bool valid = IsValidJulian(decoded.fields.year, decoded.fields.month, decoded.fields.day);
  if (valid) {
    const int64_t day =
        DayFromCivil(decoded.fields.year, decoded.fields.month, decoded.fields.day);
    valid = !__builtin_mul_overflow(day, kUsPerDay, &us) &&
            !__builtin_add_overflow(us, TimeOfDay(decoded.fields), &us);
    if (with_zone) {
      valid = valid && !__builtin_add_overflow(us, decoded.zone_seconds_west * kUsPerSecond, &us);
    }
  }
  if (!valid || !IsValidTimestamp(us)) ThrowOutOfRange("timestamp", text);
  return us;
}

}  // namespace

int32_t ParseDate(std::string_view text, const IoSettings& settings) {
  DateTimeFields fields;
  if (text.size() != 10 || !ReadIsoDate(text, &fields)) {
    const DecodedDateTime decoded = DecodeDateTime(text, "date", settings);
    switch (decoded.kind) {
      case DecodedDateTime::Kind::kEpoch: return kUnixEpochDay;
      case DecodedDateTime::Kind::kInfinity: return kDateInfinity;
      case DecodedDateTime::Kind::kNegativeInfinity: return kDateNegativeInfinity;
      default: fields = decoded.fields;
    }
    if (!IsValidJulian(fields.year, fields.month, fields.day)) ThrowOutOfRange("date", text);
  }
  const int64_t day = DayFromCivil(fields.year, fields.month, fields.day);
  if (!IsValidDate(day)) ThrowOutOfRange("date", text);
  return static_cast<int32_t>(day);
}

int64_t ParseTime(std::string_view text, int32_t precision, const IoSettings& settings) {
  return RoundToPrecision(TimeOfDay(DecodeTimeOfDay(text, "time", settings).fields), precision);
}

TimeTzValue ParseTimeTz(std::string_view text, int32_t precision, const IoSettings& settings) {
  const DecodedDateTime decoded = DecodeTimeOfDay(text, "time with time zone", settings);
  return {RoundToPrecision(TimeOfDay(decoded.fields), precision), decoded.zone_seconds_west};
}

int64_t ParseTimestamp(std::string_view text, int32_t precision, const IoSettings& settings) {
  DecodedDateTime decoded;
  if (!ReadIsoTimestamp(text, &decoded.fields)) {
    decoded = DecodeDateTime(text, "timestamp", settings);
  }
  return RoundToPrecision(ToTimestamp(decoded, /*with_zone=*/false, text), precision);
}

int64_t ParseTimestampTz(std::string_view text, int32_t precision, const IoSettings& settings) {
  DecodedDateTime decoded;
  if (ReadIsoTimestamp(text, &decoded.fields)) {
    decoded.zone_seconds_west = -OffsetOfLocal(ZoneOf(settings), decoded.fields).seconds_east;
  } else {
    decoded = DecodeDateTime(text, "timestamp with time zone", settings);
  }
  return RoundToPrecision(ToTimestamp(decoded, /*with_zone=*/true, text), precision);
}

void AppendDate(std::string& out, int32_t date, const IoSettings& settings) {
  if (!IsFiniteDate(date)) {
    out += date == kDateInfinity ? "infinity" : "-infinity";
    return;
  }
  const CivilDate civil = CivilFromDay(date);
  DateTimeFields fields;
  fields.year = civil.year;
  fields.month = civil.month;
  fields.day = civil.day;
  AppendDateFields(out, fields, settings);
  if (fields.year <= 0) out += " BC";
}

void AppendTime(std::string& out, int64_t time) {
  DateTimeFields fields;
  SetTimeOfDay(fields, time);
  AppendClock(out, fields);
}

void AppendTimeTz(std::string& out, const TimeTzValue& value) {
  AppendTime(out, value.microseconds);
  AppendZoneOffset(out, -value.zone_seconds);
}

void AppendTimestamp(std::string& out, int64_t timestamp, const IoSettings& settings) {
  if (AppendInfinity(out, timestamp)) return;
  AppendDateTime(out, SplitTimestamp(timestamp), nullptr, settings);
}

void AppendTimestampTz(std::string& out, int64_t timestamp, const IoSettings& settings) {
  if (AppendInfinity(out, timestamp)) return;
  const ZoneOffset offset = OffsetAt(ZoneOf(settings), timestamp);
  AppendDateTime(out, SplitTimestamp(timestamp + offset.seconds_east * kUsPerSecond), &offset,
                 settings);
}

void AppendZoneOffset(std::string& out, int32_t seconds_east, bool always_minutes) {
  const int32_t magnitude = seconds_east < 0 ? -seconds_east : seconds_east;
  out += seconds_east < 0 ? '-' : '+';
  const int32_t hours = magnitude / 3600;
  if (hours < 100) {
    AppendTwoDigits(out, hours);
  } else {
    out += std::to_string(hours);  // AT TIME ZONE takes any interval
  }
  const int32_t minutes = magnitude / 60 % 60;
  const int32_t seconds = magnitude % 60;
  if (minutes == 0 && seconds == 0 && !always_minutes) return;
  out += ':';
  AppendTwoDigits(out, minutes);
  if (seconds == 0) return;
  out += ':';
  AppendTwoDigits(out, seconds);
}

}  // namespace grizzly::types
