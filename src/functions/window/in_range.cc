// in_range(value, base, offset, sub, less): whether value <= (less) or >= base + offset, or base -
// offset (sub); without overflow.
//
// ERRORS  22013 for a negative offset
// SOURCE  PostgreSQL 15 docs, 38.16.3 "B-Tree Support Functions"
#include "functions/window/in_range.h"

#include <cmath>

#include "base/error/sql_error.h"
#include "functions/kernel.h"
#include "types/interval.h"
#include "types/numeric.h"
#include "types/timestamp.h"

namespace grizzly::functions {
namespace {

using types::IntervalValue;
using types::TimeTzValue;

[[noreturn]] void ThrowNegativeOffset() {
  throw SqlError(SqlState::kInvalidPrecedingOrFollowingSize,
                 "invalid preceding or following size in window function");
}

template <typename V, typename O>
bool IntegerInRange(V value, V base, O offset, bool sub, bool less) {
  if (offset < 0) ThrowNegativeOffset();
  const __int128 sum = sub ? __int128{base} - offset : __int128{base} + offset;
  return less ? value <= sum : value >= sum;
}

template <typename V>
bool FloatInRange(V value, V base, double offset, bool sub, bool less) {
  if (std::isnan(offset) || offset < 0) ThrowNegativeOffset();
  // NaN is above everything, and as far from other values as can be.
  if (std::isnan(value)) return std::isnan(base) || !less;
  if (std::isnan(base)) return less;
  if (std::isinf(offset) && std::isinf(base) && (sub ? base > 0 : base < 0)) return true;
  const double sum = sub ? double{base} - offset : double{base} + offset;
  return less ? double{value} <= sum : double{value} >= sum;
}

bool NumericInRange(FunctionContext& context, const StringRef& value_bytes,
                    const StringRef& base_bytes, const StringRef& offset_bytes, bool sub,
                    bool less) {
  const types::NumericRef value(value_bytes), base(base_bytes), offset(offset_bytes);
  if (offset.is_nan() || offset.sign() < 0) ThrowNegativeOffset();
  if (value.is_nan()) return base.is_nan() || !less;
  if (base.is_nan()) return less;
  if (offset.is_infinite() && base.is_infinite() && (sub ? base.sign() > 0 : base.sign() < 0)) {
    return true;
  }
  Arena& arena = *context.result_heap;
  const StringRef sum = sub ? types::NumericSubtract(base, offset, arena)
                            : types::NumericAdd(base, offset, arena);
  const int order = types::NumericCompare(value, sum);
  return less ? order <= 0 : order >= 0;
}

bool IsNegative(const IntervalValue& interval) {
  return types::CompareIntervals(interval, IntervalValue{}) < 0;
}

IntervalValue Signed(const IntervalValue& offset, bool sub) {
  if (IsNegative(offset)) ThrowNegativeOffset();
  return sub ? types::IntervalNegate(offset) : offset;
}

bool TimestampInRange(int64_t value, int64_t base, IntervalValue offset, bool sub, bool less) {
  const int64_t sum = types::TimestampAddInterval(base, Signed(offset, sub));
  return less ? value <= sum : value >= sum;
}

bool DateInRange(int32_t value, int32_t base, IntervalValue offset, bool sub, bool less) {
  return TimestampInRange(types::DateToTimestamp(value), types::DateToTimestamp(base), offset, sub,
                          less);
}

bool TimestampTzInRange(FunctionContext& context, int64_t value, int64_t base,
                        IntervalValue offset, bool sub, bool less) {
  const int64_t sum =
      types::TimestampTzAddInterval(base, Signed(offset, sub), types::ZoneOf(*context.io));
  return less ? value <= sum : value >= sum;
}

bool IntervalInRange(IntervalValue value, IntervalValue base, IntervalValue offset, bool sub,
                     bool less) {
  if (IsNegative(offset)) ThrowNegativeOffset();
  const IntervalValue sum = sub ? types::IntervalSubtract(base, offset)
                                : types::IntervalAdd(base, offset);
  const int order = types::CompareIntervals(value, sum);
  return less ? order <= 0 : order >= 0;
}

// Days and months do not count, and midnight is no bound: the sum does not wrap.
bool TimeInRange(int64_t value, int64_t base, IntervalValue offset, bool sub, bool less) {
  return IntegerInRange<int64_t, int64_t>(value, base, offset.microseconds, sub, less);
}

bool TimeTzInRange(TimeTzValue value, TimeTzValue base, IntervalValue offset, bool sub, bool less) {
  if (offset.microseconds < 0) ThrowNegativeOffset();
  TimeTzValue sum = base;
  const bool overflows =
      sub ? __builtin_sub_overflow(base.microseconds, offset.microseconds, &sum.microseconds)
          : __builtin_add_overflow(base.microseconds, offset.microseconds, &sum.microseconds);
  if (overflows) return sub ? !less : less;
  const int order = types::CompareTimeTz(value, sum);
  return less ? order <= 0 : order >= 0;
}

}  // namespace

void RegisterInRange(Registry& registry) {
  registry.AddScalar("in_range_int8_int8", Cold<&IntegerInRange<int64_t, int64_t>>);
  registry.AddScalar("in_range_int4_int8", Cold<&IntegerInRange<int32_t, int64_t>>);
  registry.AddScalar("in_range_int4_int4", Cold<&IntegerInRange<int32_t, int32_t>>);
  registry.AddScalar("in_range_int4_int2", Cold<&IntegerInRange<int32_t, int16_t>>);
  registry.AddScalar("in_range_int2_int8", Cold<&IntegerInRange<int16_t, int64_t>>);
  registry.AddScalar("in_range_int2_int4", Cold<&IntegerInRange<int16_t, int32_t>>);
  registry.AddScalar("in_range_int2_int2", Cold<&IntegerInRange<int16_t, int16_t>>);
  registry.AddScalar("in_range_float8_float8", Cold<&FloatInRange<double>>);
  registry.AddScalar("in_range_float4_float8", Cold<&FloatInRange<float>>);
  registry.AddScalar("in_range_numeric_numeric", Cold<&NumericInRange>);
  registry.AddScalar("in_range_date_interval", Cold<&DateInRange>);
  registry.AddScalar("in_range_timestamp_interval", Cold<&TimestampInRange>);
  registry.AddScalar("in_range_timestamptz_interval", Cold<&TimestampTzInRange>);
  registry.AddScalar("in_range_interval_interval", Cold<&IntervalInRange>);
  registry.AddScalar("in_range_time_interval", Cold<&TimeInRange>);
  registry.AddScalar("in_range_timetz_interval", Cold<&TimeTzInRange>);
}

}  // namespace grizzly::functions
