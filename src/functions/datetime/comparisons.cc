// Comparison of date, time, timetz, timestamp, timestamptz and interval, among themselves and across.
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/interval.h"
#include "types/timestamp.h"

namespace grizzly::functions {
namespace {

using types::IntervalValue;
using types::TimeTzValue;

enum class Order : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

template <Order order>
bool Holds(int compared) {
  switch (order) {
    case Order::kEqual: return compared == 0;
    case Order::kNotEqual: return compared != 0;
    case Order::kLess: return compared < 0;
    case Order::kLessEqual: return compared <= 0;
    case Order::kGreater: return compared > 0;
    default: return compared >= 0;
  }
}

template <Order order, typename T>
bool Simple(T a, T b) {
  if constexpr (order == Order::kEqual) return a == b;
  if constexpr (order == Order::kNotEqual) return a != b;
  if constexpr (order == Order::kLess) return a < b;
  if constexpr (order == Order::kLessEqual) return a <= b;
  if constexpr (order == Order::kGreater) return a > b;
  return a >= b;
}
template <typename T>
int32_t SimpleCompare(T a, T b) { return a < b ? -1 : (a > b ? 1 : 0); }
template <typename T>
T SimpleLarger(T a, T b) { return a > b ? a : b; }
template <typename T>
T SimpleSmaller(T a, T b) { return a < b ? a : b; }

template <typename T>
void AddSimple(Registry& registry, const std::string& name) {
  registry.AddScalar(name + "_eq", Scalar<&Simple<Order::kEqual, T>>);
  registry.AddScalar(name + "_ne", Scalar<&Simple<Order::kNotEqual, T>>);
  registry.AddScalar(name + "_lt", Scalar<&Simple<Order::kLess, T>>);
  registry.AddScalar(name + "_le", Scalar<&Simple<Order::kLessEqual, T>>);
  registry.AddScalar(name + "_gt", Scalar<&Simple<Order::kGreater, T>>);
  registry.AddScalar(name + "_ge", Scalar<&Simple<Order::kGreaterEqual, T>>);
  registry.AddScalar(name + "_cmp", Cold<&SimpleCompare<T>>);
  registry.AddScalar(name + "_larger", Cold<&SimpleLarger<T>>);
  registry.AddScalar(name + "_smaller", Cold<&SimpleSmaller<T>>);
}

// `compare` is int(const FunctionContext&, const A&, const B&).
template <auto compare, typename A, typename B>
struct ByFunction {
  template <Order order>
  static bool Test(FunctionContext& context, A a, B b) {
    return Holds<order>(compare(context, a, b));
  }
  static int32_t Compare(FunctionContext& context, A a, B b) { return compare(context, a, b); }
  static void Add(Registry& registry, const std::string& before, const std::string& after) {
    registry.AddScalar(before + "eq" + after, Cold<&Test<Order::kEqual>>);
    registry.AddScalar(before + "ne" + after, Cold<&Test<Order::kNotEqual>>);
    registry.AddScalar(before + "lt" + after, Cold<&Test<Order::kLess>>);
    registry.AddScalar(before + "le" + after, Cold<&Test<Order::kLessEqual>>);
    registry.AddScalar(before + "gt" + after, Cold<&Test<Order::kGreater>>);
    registry.AddScalar(before + "ge" + after, Cold<&Test<Order::kGreaterEqual>>);
    registry.AddScalar(before + "cmp" + after, Cold<&Compare>);
  }
};

int Intervals(FunctionContext&, const IntervalValue& a, const IntervalValue& b) {
  return types::CompareIntervals(a, b);
}
int TimeTzs(FunctionContext&, const TimeTzValue& a, const TimeTzValue& b) {
  return types::CompareTimeTz(a, b);
}
int DateTimestamp(FunctionContext&, int32_t date, int64_t timestamp) {
  return types::CompareDateToTimestamp(date, timestamp);
}
int TimestampDate(FunctionContext&, int64_t timestamp, int32_t date) {
  return -types::CompareDateToTimestamp(date, timestamp);
}
int DateTimestampTz(FunctionContext& context, int32_t date, int64_t timestamp) {
  return types::CompareDateToTimestampTz(date, timestamp, types::ZoneOf(*context.io));
}
int TimestampTzDate(FunctionContext& context, int64_t timestamp, int32_t date) {
  return -DateTimestampTz(context, date, timestamp);
}
int TimestampTimestampTz(FunctionContext& context, int64_t timestamp, int64_t timestamptz) {
  if (!types::IsFiniteTimestamp(timestamp)) return SimpleCompare(timestamp, timestamptz);
  return SimpleCompare(types::LocalToTimestampTz(timestamp, types::ZoneOf(*context.io)),
                       timestamptz);
}
int TimestampTzTimestamp(FunctionContext& context, int64_t timestamptz, int64_t timestamp) {
  return -TimestampTimestampTz(context, timestamp, timestamptz);
}

IntervalValue IntervalLarger(IntervalValue a, IntervalValue b) {
  return types::CompareIntervals(a, b) > 0 ? a : b;
}
IntervalValue IntervalSmaller(IntervalValue a, IntervalValue b) {
  return types::CompareIntervals(a, b) < 0 ? a : b;
}
TimeTzValue TimeTzLarger(TimeTzValue a, TimeTzValue b) {
  return types::CompareTimeTz(a, b) > 0 ? a : b;
}
TimeTzValue TimeTzSmaller(TimeTzValue a, TimeTzValue b) {
  return types::CompareTimeTz(a, b) < 0 ? a : b;
}

}  // namespace

void RegisterDateTimeComparisons(Registry& registry) {
  AddSimple<int32_t>(registry, "date");
  AddSimple<int64_t>(registry, "time");
  AddSimple<int64_t>(registry, "timestamp");
  ByFunction<&Intervals, IntervalValue, IntervalValue>::Add(registry, "interval_", "");
  ByFunction<&TimeTzs, TimeTzValue, TimeTzValue>::Add(registry, "timetz_", "");
  ByFunction<&DateTimestamp, int32_t, int64_t>::Add(registry, "date_", "_timestamp");
  ByFunction<&TimestampDate, int64_t, int32_t>::Add(registry, "timestamp_", "_date");
  ByFunction<&DateTimestampTz, int32_t, int64_t>::Add(registry, "date_", "_timestamptz");
  ByFunction<&TimestampTzDate, int64_t, int32_t>::Add(registry, "timestamptz_", "_date");
  ByFunction<&TimestampTimestampTz, int64_t, int64_t>::Add(registry, "timestamp_", "_timestamptz");
  ByFunction<&TimestampTzTimestamp, int64_t, int64_t>::Add(registry, "timestamptz_", "_timestamp");
  registry.AddScalar("interval_larger", Cold<&IntervalLarger>);
  registry.AddScalar("interval_smaller", Cold<&IntervalSmaller>);
  registry.AddScalar("timetz_larger", Cold<&TimeTzLarger>);
  registry.AddScalar("timetz_smaller", Cold<&TimeTzSmaller>);
}

}  // namespace grizzly::functions
