// count, sum, avg, bool_and, bool_or, every, bit_and, bit_or, bit_xor.
#include <bit>

#include "functions/aggregate/aggregate_of.h"
#include "functions/aggregate/numeric_sum.h"
#include "functions/families.h"
#include "types/interval.h"
#include "types/value_error.h"

namespace grizzly::functions {
namespace {

using types::NumericRef;

// ---- count ----

void CountInit(char* state) { *reinterpret_cast<int64_t*>(state) = 0; }
void CountRows(const AggregateInput& input, char* const* states) {
  for (uint32_t row = 0; row < input.row_count; ++row) ++*reinterpret_cast<int64_t*>(states[row]);
}
void CountRowsSingle(const AggregateInput& input, char* state) {
  *reinterpret_cast<int64_t*>(state) += input.row_count;
}
void CountRowsInverse(const AggregateInput& input, char* state) {
  *reinterpret_cast<int64_t*>(state) -= input.row_count;
}
void CountValues(const AggregateInput& input, char* const* states) {
  const Vector& argument = *input.arguments[0];
  if (!argument.MayHaveNulls()) return CountRows(input, states);
  for (uint32_t row = 0; row < input.row_count; ++row) {
    *reinterpret_cast<int64_t*>(states[row]) += argument.IsNull(row) ? 0 : 1;
  }
}
int64_t CountValid(const AggregateInput& input) {
  const Vector& argument = *input.arguments[0];
  if (!argument.MayHaveNulls()) return input.row_count;
  int64_t count = 0;
  for (uint32_t row = 0; row < input.row_count; ++row) count += argument.IsNull(row) ? 0 : 1;
  return count;
}
void CountValuesSingle(const AggregateInput& input, char* state) {
  *reinterpret_cast<int64_t*>(state) += CountValid(input);
}
void CountValuesInverse(const AggregateInput& input, char* state) {
  *reinterpret_cast<int64_t*>(state) -= CountValid(input);
}
void CountCombine(const AggregateInput&, const char* source, char* target) {
  *reinterpret_cast<int64_t*>(target) += *reinterpret_cast<const int64_t*>(source);
}
void CountFinalize(FunctionContext&, const CallSite&, char* const* states, uint32_t count,
                   Vector& result, uint32_t first_row) {
  int64_t* out = result.Data<int64_t>() + first_row;
  for (uint32_t i = 0; i < count; ++i) out[i] = *reinterpret_cast<int64_t*>(states[i]);
}

constexpr AggregateFunction kCountStar = {sizeof(int64_t), &CountInit,     &CountRows,
                                          &CountRowsSingle, &CountCombine, &CountFinalize,
                                          nullptr,          &CountRowsInverse};
constexpr AggregateFunction kCount = {sizeof(int64_t),    &CountInit,     &CountValues,
                                      &CountValuesSingle, &CountCombine,  &CountFinalize,
                                      nullptr,            &CountValuesInverse};

// ---- sums of integers ----

// sum(int2), sum(int4): bigint.
template <typename T>
struct SumNarrow {
  using Argument = T;
  int64_t sum = 0;
  int64_t count = 0;

  void Add(const AggregateInput&, T value) {
    sum += value;
    ++count;
  }
  void AddMany(const AggregateInput&, const T* values, uint32_t rows) {
    int64_t total = 0;
    for (uint32_t i = 0; i < rows; ++i) total += values[i];
    sum += total;
    count += rows;
  }
  void Remove(const AggregateInput&, T value) {
    sum -= value;
    --count;
  }
  void Combine(const AggregateInput&, const SumNarrow& other) {
    sum += other.sum;
    count += other.count;
  }
  Datum Finish(FunctionContext&, const CallSite&) const {
    return count == 0 ? Datum::Null() : Datum::Of(sum);
  }
};

Datum Average(FunctionContext& context, const StringRef& sum, int64_t count) {
  Arena scratch;
  const StringRef divisor = types::NumericFromInt8(count, scratch);
  return Datum::Of(types::NumericDivide(sum, divisor, ResultArena(context)));
}

template <typename T>
struct AverageNarrow : SumNarrow<T> {
  void Combine(const AggregateInput& input, const AverageNarrow& other) {
    SumNarrow<T>::Combine(input, other);
  }
  Datum Finish(FunctionContext& context, const CallSite&) const {
    if (this->count == 0) return Datum::Null();
    Arena scratch;
    const StringRef sum = types::NumericFromInt8(this->sum, scratch);
    return Average(context, sum, this->count);
  }
};

// sum(int8): numeric, over 128 bits in two halves (states are aligned to 8).
struct SumInt8 {
  using Argument = int64_t;
  uint64_t low = 0;
  int64_t high = 0;
  int64_t count = 0;

  types::Int128 sum() const {
    return (static_cast<types::Int128>(high) << 64) | static_cast<types::Int128>(low);
  }
  void Set(types::Int128 value) {
    low = static_cast<uint64_t>(value);
    high = static_cast<int64_t>(value >> 64);
  }
  void Add(const AggregateInput&, int64_t value) {
    Set(sum() + value);
    ++count;
  }
  void AddMany(const AggregateInput&, const int64_t* values, uint32_t rows) {
    types::Int128 total = sum();
    for (uint32_t i = 0; i < rows; ++i) total += values[i];
    Set(total);
    count += rows;
  }
  void Remove(const AggregateInput&, int64_t value) {
    Set(sum() - value);
    --count;
  }
  void Combine(const AggregateInput&, const SumInt8& other) {
    Set(sum() + other.sum());
    count += other.count;
  }
  Datum Finish(FunctionContext& context, const CallSite&) const {
    if (count == 0) return Datum::Null();
    return Datum::Of(types::NumericFromInt128(sum(), 0, ResultArena(context)));
  }
};

struct AverageInt8 : SumInt8 {
  void Combine(const AggregateInput& input, const AverageInt8& other) {
    SumInt8::Combine(input, other);
  }
  Datum Finish(FunctionContext& context, const CallSite&) const {
    if (count == 0) return Datum::Null();
    Arena scratch;
    const StringRef total = types::NumericFromInt128(sum(), 0, scratch);
    return Average(context, total, count);
  }
};

// ---- numeric ----

struct SumNumeric {
  using Argument = StringRef;
  NumericSum sum;
  int64_t count = 0;

  void Add(const AggregateInput& input, const StringRef& value) {
    sum.Add(value, *input.arena);
    ++count;
  }
  void Combine(const AggregateInput& input, const SumNumeric& other) {
    sum.Combine(other.sum, *input.arena);
    count += other.count;
  }
  Datum Finish(FunctionContext& context, const CallSite&) const {
    return count == 0 ? Datum::Null() : Datum::Of(sum.Total(ResultArena(context)));
  }
};
struct AverageNumeric : SumNumeric {
  void Combine(const AggregateInput& input, const AverageNumeric& other) {
    SumNumeric::Combine(input, other);
  }
  Datum Finish(FunctionContext& context, const CallSite&) const {
    if (count == 0) return Datum::Null();
    Arena scratch;
    const StringRef total = sum.Total(scratch);
    return Average(context, total, count);
  }
};

// ---- floats, money, intervals ----

template <typename T>
struct SumFloat {
  using Argument = T;
  T sum = 0;
  bool any = false;

  void Add(const AggregateInput&, T value) {
    if (!any) {
      sum = value;
      any = true;
      return;
    }
    const T total = sum + value;
    if (std::isinf(total) && !std::isinf(sum) && !std::isinf(value)) types::ThrowFloatOverflow();
    sum = total;
  }
  void Combine(const AggregateInput& input, const SumFloat& other) {
    if (other.any) Add(input, other.sum);
  }
  Datum Finish(FunctionContext&, const CallSite&) const {
    return any ? Datum::Of(sum) : Datum::Null();
  }
};

struct SumMoney {
  using Argument = int64_t;
  int64_t sum = 0;
  int64_t count = 0;

  void Add(const AggregateInput&, int64_t value) {
    if (__builtin_add_overflow(sum, value, &sum)) types::ThrowTypeOutOfRange("money");
    ++count;
  }
  void Remove(const AggregateInput&, int64_t value) {
    sum -= value;
    --count;
  }
  void Combine(const AggregateInput& input, const SumMoney& other) {
    Add(input, other.sum);
    count += other.count - 1;
  }
  Datum Finish(FunctionContext&, const CallSite&) const {
    return count == 0 ? Datum::Null() : Datum::Of(sum);
  }
};

struct SumInterval {
  using Argument = types::IntervalValue;
  types::IntervalValue sum;
  int64_t count = 0;

  void Add(const AggregateInput&, const types::IntervalValue& value) {
    sum = types::IntervalAdd(sum, value);
    ++count;
  }
  void Remove(const AggregateInput&, const types::IntervalValue& value) {
    sum = types::IntervalSubtract(sum, value);
    --count;
  }
  void Combine(const AggregateInput&, const SumInterval& other) {
    sum = types::IntervalAdd(sum, other.sum);
    count += other.count;
  }
  Datum Finish(FunctionContext&, const CallSite&) const {
    return count == 0 ? Datum::Null() : Datum::Of(sum);
  }
};
struct AverageInterval : SumInterval {
  void Combine(const AggregateInput& input, const AverageInterval& other) {
    SumInterval::Combine(input, other);
  }
  Datum Finish(FunctionContext&, const CallSite&) const {
    if (count == 0) return Datum::Null();
    return Datum::Of(types::IntervalDivide(sum, static_cast<double>(count)));
  }
};

// ---- folds ----

template <typename T, T (*fold)(T, T)>
struct Fold {
  using Argument = T;
  T value{};
  bool any = false;

  void Add(const AggregateInput&, T next) {
    value = any ? fold(value, next) : next;
    any = true;
  }
  void Combine(const AggregateInput& input, const Fold& other) {
    if (other.any) Add(input, other.value);
  }
  Datum Finish(FunctionContext&, const CallSite&) const {
    return any ? Datum::Of(value) : Datum::Null();
  }
};
template <typename T>
T And(T a, T b) { return static_cast<T>(a & b); }
template <typename T>
T Or(T a, T b) { return static_cast<T>(a | b); }
template <typename T>
T Xor(T a, T b) { return static_cast<T>(a ^ b); }

}  // namespace

void RegisterCountAndSum(Registry& registry) {
  registry.AddAggregate(2803, &kCountStar);
  registry.AddAggregate(2147, &kCount);
  registry.AddAggregate(2109, AggregateOf<SumNarrow<int16_t>>());
  registry.AddAggregate(2108, AggregateOf<SumNarrow<int32_t>>());
  registry.AddAggregate(2107, AggregateOf<SumInt8>());
  registry.AddAggregate(2114, AggregateOf<SumNumeric>());
  registry.AddAggregate(2110, AggregateOf<SumFloat<float>>());
  registry.AddAggregate(2111, AggregateOf<SumFloat<double>>());
  registry.AddAggregate(2112, AggregateOf<SumMoney>());
  registry.AddAggregate(2113, AggregateOf<SumInterval>());
  registry.AddAggregate(2102, AggregateOf<AverageNarrow<int16_t>>());
  registry.AddAggregate(2101, AggregateOf<AverageNarrow<int32_t>>());
  registry.AddAggregate(2100, AggregateOf<AverageInt8>());
  registry.AddAggregate(2103, AggregateOf<AverageNumeric>());
  registry.AddAggregate(2106, AggregateOf<AverageInterval>());
  registry.AddAggregate(2517, AggregateOf<Fold<bool, &And<bool>>>());
  registry.AddAggregate(2519, AggregateOf<Fold<bool, &And<bool>>>());
  registry.AddAggregate(2518, AggregateOf<Fold<bool, &Or<bool>>>());
  registry.AddAggregate(2236, AggregateOf<Fold<int16_t, &And<int16_t>>>());
  registry.AddAggregate(2238, AggregateOf<Fold<int32_t, &And<int32_t>>>());
  registry.AddAggregate(2240, AggregateOf<Fold<int64_t, &And<int64_t>>>());
  registry.AddAggregate(2237, AggregateOf<Fold<int16_t, &Or<int16_t>>>());
  registry.AddAggregate(2239, AggregateOf<Fold<int32_t, &Or<int32_t>>>());
  registry.AddAggregate(2241, AggregateOf<Fold<int64_t, &Or<int64_t>>>());
  registry.AddAggregate(6164, AggregateOf<Fold<int16_t, &Xor<int16_t>>>());
  registry.AddAggregate(6165, AggregateOf<Fold<int32_t, &Xor<int32_t>>>());
  registry.AddAggregate(6166, AggregateOf<Fold<int64_t, &Xor<int64_t>>>());
}

}  // namespace grizzly::functions
