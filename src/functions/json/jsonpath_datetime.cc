#include "functions/json/jsonpath_datetime.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/formatting/parse_datetime.h"
#include "types/timestamp.h"

namespace grizzly::functions {
namespace {

using Kind = JsonDateKind;
using types::Datum;
using View = std::string_view;

[[noreturn]] void ThrowFormat(std::string message) {
  throw SqlError(SqlState::kInvalidDatetimeFormat, std::move(message));
}

Kind KindOf(const FormattedDateTime& parsed) {
  if (parsed.has_date) {
    if (!parsed.has_time) {
      if (parsed.has_zone) ThrowFormat("datetime format is zoned but not timed");
      return Kind::kDate;
    }
    return parsed.has_zone ? Kind::kTimestampTz : Kind::kTimestamp;
  }
  if (!parsed.has_time) ThrowFormat("datetime format is not dated and not timed");
  return parsed.has_zone ? Kind::kTimeTz : Kind::kTime;
}

int64_t Rounded(int64_t us, const FormattedDateTime& parsed) {
  return parsed.fraction_digits == 0 ? us : types::RoundToPrecision(us, parsed.fraction_digits);
}

int32_t ZoneOf(const FormattedDateTime& parsed, const char* type) {
  if (!parsed.zone_seconds_east.has_value()) {
    ThrowFormat(fmt::format("missing time zone in input string for type {}", type));
  }
  return *parsed.zone_seconds_east;
}

int64_t TimestampOf(const FormattedDateTime& parsed) {
  int64_t local;
  if (!types::JoinTimestamp(parsed.fields, &local)) types::ThrowTimestampOutOfRange();
  return Rounded(local, parsed);
}

Datum DateOf(const FormattedDateTime& parsed) {
  const types::DateTimeFields& f = parsed.fields;
  const int64_t day = types::DayFromCivil(f.year, f.month, f.day);
  if (!types::IsValidDate(day)) types::ThrowDateOutOfRange();
  return Datum::Of(static_cast<int32_t>(day));
}

types::IoSettings IsoSettings(const types::IoSettings& settings) {
  types::IoSettings iso = settings;
  iso.date_style = types::DateStyle::kIso;
  return iso;
}

std::string WithT(std::string text) {
  const size_t blank = text.find(' ');
  if (blank != std::string::npos) text[blank] = 'T';
  return text;
}

// What one side becomes to be compared with the other.
class Comparison {
 public:
  Comparison(bool use_time_zone, const types::IoSettings& settings)
      : use_time_zone_(use_time_zone), settings_(settings) {}

  std::optional<int> Run(const JsonDateTime& a, const JsonDateTime& b) const {
    if (IsDated(a.kind) != IsDated(b.kind)) return std::nullopt;
    if (!IsDated(a.kind)) {
      if (a.kind == Kind::kTime && b.kind == Kind::kTime) {
        return Order(a.value.As<int64_t>(), b.value.As<int64_t>());
      }
      return types::CompareTimeTz(TimeTzOf(a), TimeTzOf(b));
    }
    if (a.kind == Kind::kTimestampTz || b.kind == Kind::kTimestampTz) return CompareZoned(a, b);
    if (a.kind == Kind::kDate && b.kind == Kind::kDate) {
      return Order(a.value.As<int32_t>(), b.value.As<int32_t>());
    }
    if (a.kind == Kind::kDate) {
      return types::CompareDateToTimestamp(a.value.As<int32_t>(), b.value.As<int64_t>());
    }
    if (b.kind == Kind::kDate) {
      return -types::CompareDateToTimestamp(b.value.As<int32_t>(), a.value.As<int64_t>());
    }
    return Order(a.value.As<int64_t>(), b.value.As<int64_t>());
  }

 private:
  static bool IsDated(Kind kind) { return kind != Kind::kTime && kind != Kind::kTimeTz; }
  template <typename T>
  static int Order(T a, T b) { return a < b ? -1 : (a > b ? 1 : 0); }

  void NeedTimeZone(const char* from, const char* to) const {
    if (use_time_zone_) return;
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot convert value from {} to {} without time zone usage", from,
                               to))
        .Hint("Use *_tz() function for time zone support.");
  }
  types::TimeTzValue TimeTzOf(const JsonDateTime& item) const {
    if (item.kind == Kind::kTimeTz) return item.value.As<types::TimeTzValue>();
    NeedTimeZone("time", "timetz");
    return types::TimeToTimeTz(item.value.As<int64_t>(), settings_);
  }
  // At least one is a timestamptz.
  int CompareZoned(const JsonDateTime& a, const JsonDateTime& b) const {
    if (a.kind != Kind::kTimestampTz) return -CompareZoned(b, a);
    const types::TimeZone& zone = types::ZoneOf(settings_);
    const auto instant = a.value.As<int64_t>();
    switch (b.kind) {
      case Kind::kDate:
        NeedTimeZone("date", "timestamptz");
        return -types::CompareDateToTimestampTz(b.value.As<int32_t>(), instant, zone);
      case Kind::kTimestamp:
        NeedTimeZone("timestamp", "timestamptz");
        return Order(instant, types::LocalToTimestampTz(b.value.As<int64_t>(), zone));
      default: return Order(instant, b.value.As<int64_t>());
    }
  }

  const bool use_time_zone_;
  const types::IoSettings& settings_;
};

}  // namespace

JsonDateTime ParseJsonDateTime(View text, View format) {
  const FormattedDateTime parsed = ParseByFormat(text, format, FormatMode::kStandard);
  JsonDateTime result;
  result.kind = KindOf(parsed);
  switch (result.kind) {
    case Kind::kDate: result.value = DateOf(parsed); break;
    case Kind::kTime: result.value = Datum::Of(Rounded(types::TimeOfDay(parsed.fields), parsed)); break;
    case Kind::kTimeTz: {
      types::TimeTzValue value;
      value.microseconds = Rounded(types::TimeOfDay(parsed.fields), parsed);
      value.zone_seconds = -ZoneOf(parsed, "timetz");
      result.value = Datum::Of(value);
      break;
    }
    case Kind::kTimestamp: result.value = Datum::Of(TimestampOf(parsed)); break;
    case Kind::kTimestampTz:
      result.zone_seconds_east = ZoneOf(parsed, "timestamptz");
      result.value =
          Datum::Of(TimestampOf(parsed) - result.zone_seconds_east * types::kUsPerSecond);
      break;
  }
  return result;
}

std::optional<JsonDateTime> RecognizeJsonDateTime(View text) {
  static constexpr View kFormats[] = {
      "yyyy-mm-dd",
      "HH24:MI:SS.USTZH:TZM", "HH24:MI:SS.USTZH", "HH24:MI:SS.US",
      "HH24:MI:SSTZH:TZM", "HH24:MI:SSTZH", "HH24:MI:SS",
      "yyyy-mm-dd HH24:MI:SS.USTZH:TZM", "yyyy-mm-dd HH24:MI:SS.USTZH",
      "yyyy-mm-dd HH24:MI:SS.US", "yyyy-mm-dd HH24:MI:SSTZH:TZM", "yyyy-mm-dd HH24:MI:SSTZH",
      "yyyy-mm-dd HH24:MI:SS",
      "yyyy-mm-dd\"T\"HH24:MI:SS.USTZH:TZM", "yyyy-mm-dd\"T\"HH24:MI:SS.USTZH",
      "yyyy-mm-dd\"T\"HH24:MI:SS.US", "yyyy-mm-dd\"T\"HH24:MI:SSTZH:TZM",
      "yyyy-mm-dd\"T\"HH24:MI:SSTZH", "yyyy-mm-dd\"T\"HH24:MI:SS"};
  for (const View format : kFormats) {
    try {
      return ParseJsonDateTime(text, format);
    } catch (const SqlError&) {  // not this one
    }
  }
  return std::nullopt;
}

View JsonDateKindName(JsonDateKind kind) {
  constexpr View kNames[] = {"date", "time without time zone", "time with time zone",
                             "timestamp without time zone", "timestamp with time zone"};
  return kNames[static_cast<int>(kind)];
}

std::string JsonDateTimeText(const JsonDateTime& item) {
  std::string text;
  const types::IoSettings iso = IsoSettings({});
  switch (item.kind) {
    case Kind::kDate: types::AppendDate(text, item.value.As<int32_t>(), iso); return text;
    case Kind::kTime: types::AppendTime(text, item.value.As<int64_t>()); return text;
    case Kind::kTimeTz: {
      const auto value = item.value.As<types::TimeTzValue>();
      types::AppendTime(text, value.microseconds);
      types::AppendZoneOffset(text, -value.zone_seconds, true);
      return text;
    }
    case Kind::kTimestamp:
      types::AppendTimestamp(text, item.value.As<int64_t>(), iso);
      return WithT(text);
    case Kind::kTimestampTz:
      types::AppendTimestamp(
          text, item.value.As<int64_t>() + item.zone_seconds_east * types::kUsPerSecond, iso);
      types::AppendZoneOffset(text, item.zone_seconds_east, true);
      return WithT(text);
  }
  return text;
}

std::optional<int> CompareJsonDateTimes(const JsonDateTime& a, const JsonDateTime& b,
                                        bool use_time_zone, const types::IoSettings& settings) {
  return Comparison(use_time_zone, settings).Run(a, b);
}

}  // namespace grizzly::functions
