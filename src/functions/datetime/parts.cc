// extract(), date_part(), date_trunc(), date_bin().
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/date_part.h"
#include "types/interval.h"
#include "types/timestamp.h"

namespace grizzly::functions {
namespace {

using types::IntervalValue;
using types::TimePartValue;
using types::TimeTzValue;
using types::ZoneOf;
using View = std::string_view;

Datum AsNumeric(FunctionContext& context, const TimePartValue& part) {
  const std::optional<StringRef> value = types::PartToNumeric(part, *context.result_heap);
  return value.has_value() ? Datum::Of(*value) : Datum::Null();
}
Datum AsFloat(const TimePartValue& part) {
  const std::optional<double> value = types::PartToFloat8(part);
  return value.has_value() ? Datum::Of(*value) : Datum::Null();
}

template <auto F, typename T>
Datum Extract(FunctionContext& context, View unit, T value) {
  return AsNumeric(context, F(unit, value));
}
template <auto F, typename T>
Datum Part(View unit, T value) {
  return AsFloat(F(unit, value));
}
Datum ExtractTimestampTz(FunctionContext& context, View unit, int64_t value) {
  return AsNumeric(context, types::TimestampTzPart(unit, value, ZoneOf(*context.io)));
}
Datum TimestampTzPart(FunctionContext& context, View unit, int64_t value) {
  return AsFloat(types::TimestampTzPart(unit, value, ZoneOf(*context.io)));
}
// The seconds of an interval, added up in the order PostgreSQL does: the last digit depends on it.
double EpochOf(const IntervalValue& value) {
  constexpr double kSecondsPerDay = 86400;
  constexpr double kDaysPerYear = 365.25;
  double seconds = static_cast<double>(value.microseconds) / 1e6;
  seconds += kDaysPerYear * kSecondsPerDay * (value.months / types::kMonthsPerYear);
  seconds +=
      types::kDaysPerMonth * kSecondsPerDay * (value.months % types::kMonthsPerYear);
  return seconds + kSecondsPerDay * value.days;
}
Datum IntervalPart(View unit, IntervalValue value) {
  std::string lower(unit);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (lower == "epoch") return Datum::Of(EpochOf(value));
  return AsFloat(types::IntervalPart(unit, value));
}

int64_t TruncateTz(FunctionContext& context, View unit, int64_t value) {
  return types::TruncateTimestampTz(unit, value, ZoneOf(*context.io));
}
int64_t TruncateTzAt(View unit, int64_t value, View zone) {
  if (const types::TimeZone* known = types::FindTimeZone(zone); known != nullptr) {
    return types::TruncateTimestampTz(unit, value, *known);
  }
  const int64_t local = types::TimestampTzAtZone(value, zone);
  return types::TimestampAtZone(types::TruncateTimestamp(unit, local), zone);
}
IntervalValue TruncateInterval(View unit, IntervalValue value) {
  return types::TruncateInterval(unit, value);
}
int64_t Bin(IntervalValue stride, int64_t timestamp, int64_t origin) {
  return types::BinTimestamp(stride, timestamp, origin);
}

}  // namespace

void RegisterDateTimeParts(Registry& registry) {
  registry.AddScalar("extract_date", Cold<&Extract<&types::DatePart, int32_t>>);
  registry.AddScalar("extract_time", Cold<&Extract<&types::TimeOfDayPart, int64_t>>);
  registry.AddScalar("extract_timetz", Cold<&Extract<&types::TimeTzPart, TimeTzValue>>);
  registry.AddScalar("extract_timestamp", Cold<&Extract<&types::TimestampPart, int64_t>>);
  registry.AddScalar("extract_timestamptz", Cold<&ExtractTimestampTz>);
  registry.AddScalar("extract_interval", Cold<&Extract<&types::IntervalPart, IntervalValue>>);
  registry.AddScalar("time_part", Cold<&Part<&types::TimeOfDayPart, int64_t>>);
  registry.AddScalar("timetz_part", Cold<&Part<&types::TimeTzPart, TimeTzValue>>);
  registry.AddScalar("timestamp_part", Cold<&Part<&types::TimestampPart, int64_t>>);
  registry.AddScalar("timestamptz_part", Cold<&TimestampTzPart>);
  registry.AddScalar("interval_part", Cold<&IntervalPart>);
  registry.AddScalar("timestamp_trunc", Cold<&types::TruncateTimestamp>);
  registry.AddScalar("timestamptz_trunc", Cold<&TruncateTz>);
  registry.AddScalar("timestamptz_trunc_zone", Cold<&TruncateTzAt>);
  registry.AddScalar("interval_trunc", Cold<&TruncateInterval>);
  registry.AddScalar("timestamp_bin", Cold<&Bin>);
  registry.AddScalar("timestamptz_bin", Cold<&Bin>);
}

}  // namespace grizzly::functions
