// generate_series over integers, numeric and timestamps.
//
// ERRORS  22023 step size cannot equal zero, start value / stop value / step size cannot be NaN or infinity
#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/set/set_rows.h"
#include "types/interval.h"
#include "types/numeric.h"
#include "types/timestamp.h"

namespace grizzly::functions {
namespace {

using Arguments = std::span<const Datum>;
using ScanPointer = std::unique_ptr<SetScan>;

[[noreturn]] void ThrowZeroStep() {
  throw SqlError(SqlState::kInvalidParameterValue, "step size cannot equal zero");
}

template <typename T>
class IntegerScan final : public SetScan {
 public:
  IntegerScan(T start, T stop, T step) : next_(start), stop_(stop), step_(step) {}

  bool Next(FunctionContext&, types::Batch& out) override {
    Vector& column = out.column(0);
    column.Reserve(types::kBatchRowsMax);
    T* values = column.Data<T>();
    uint32_t rows = 0;
    while (rows < types::kBatchRowsMax && !done_ && (step_ > 0 ? next_ <= stop_ : next_ >= stop_)) {
      values[rows++] = next_;
      done_ = __builtin_add_overflow(next_, step_, &next_);
    }
    out.set_row_count(rows);
    return rows > 0;
  }

 private:
  T next_;
  const T stop_;
  const T step_;
  bool done_ = false;
};

template <typename T>
ScanPointer Integers(FunctionContext&, const CallSite&, Arguments arguments) {
  if (AnyNull(arguments)) return nullptr;
  const T step = arguments.size() > 2 ? arguments[2].As<T>() : T{1};
  if (step == 0) ThrowZeroStep();
  return std::make_unique<IntegerScan<T>>(arguments[0].As<T>(), arguments[1].As<T>(), step);
}

void CheckFinite(const char* what, const Datum& value) {
  const auto number = types::NumericRef::Of(value);
  if (!number.is_special()) return;
  throw SqlError(SqlState::kInvalidParameterValue,
                 std::string(what) + (number.is_nan() ? " cannot be NaN"
                                                      : " cannot be infinity"));
}

ScanPointer Numerics(FunctionContext&, const CallSite&, Arguments arguments) {
  if (AnyNull(arguments)) return nullptr;
  CheckFinite("start value", arguments[0]);
  CheckFinite("stop value", arguments[1]);
  const Datum one = Datum::Of(types::MakeSmallNumeric(1, 0));
  const Datum& step_argument = arguments.size() > 2 ? arguments[2] : one;
  CheckFinite("step size", step_argument);
  const int direction = types::NumericRef::Of(step_argument).sign();
  if (direction == 0) ThrowZeroStep();
  const std::string stop(arguments[1].AsString());
  const std::string step(step_argument.AsString());
  std::string next(arguments[0].AsString());
  return MakeColumnScan([=](FunctionContext& context, Datum* value) mutable {
    const types::NumericRef current(next);
    const int order = types::NumericCompare(current, types::NumericRef(stop));
    if (direction > 0 ? order > 0 : order < 0) return false;
    *value = Datum::OfString(next, *context.result_heap);
    Arena scratch;
    const StringRef sum = types::NumericAdd(current, types::NumericRef(step), scratch);
    next = std::string(sum.view());
    return true;
  });
}

// Adds `step` as the type does.
template <bool kWithZone>
ScanPointer Timestamps(FunctionContext& context, const CallSite&, Arguments arguments) {
  if (AnyNull(arguments)) return nullptr;
  const auto step = arguments[2].As<types::IntervalValue>();
  const __int128 span = types::IntervalSpan(step);
  if (span == 0) ThrowZeroStep();
  const types::TimeZone* zone = &types::ZoneOf(*context.io);
  int64_t next = arguments[0].As<int64_t>();
  const int64_t stop = arguments[1].As<int64_t>();
  return MakeColumnScan([=](FunctionContext&, Datum* value) mutable {
    if (span > 0 ? next > stop : next < stop) return false;
    *value = Datum::Of(next);
    next = kWithZone ? types::TimestampTzAddInterval(next, step, *zone)
                     : types::TimestampAddInterval(next, step);
    return true;
  });
}

}  // namespace

void RegisterSeries(Registry& registry) {
  registry.AddSet("generate_series_int4", &Integers<int32_t>);
  registry.AddSet("generate_series_step_int4", &Integers<int32_t>);
  registry.AddSet("generate_series_int8", &Integers<int64_t>);
  registry.AddSet("generate_series_step_int8", &Integers<int64_t>);
  registry.AddSet("generate_series_numeric", &Numerics);
  registry.AddSet("generate_series_step_numeric", &Numerics);
  registry.AddSet("generate_series_timestamp", &Timestamps<false>);
  registry.AddSet("generate_series_timestamptz", &Timestamps<true>);
}

}  // namespace grizzly::functions
