// percentile_disc, percentile_cont, mode: over rows that come sorted.
//
// ERRORS  22003 percentile value ... is not between 0 and 1
#include <cmath>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/types.h"
#include "functions/aggregate/aggregate_of.h"
#include "functions/aggregate/held_bytes.h"
#include "functions/families.h"
#include "types/array.h"
#include "types/compare.h"
#include "types/interval.h"

namespace grizzly::functions {
namespace {

using types::ArrayBuilder;
using types::ArrayRef;
using types::SqlType;

// The values, without NULLs, and the direct argument. Strings live in the operator's arena.
struct SortedValues {
  std::vector<Datum> values;
  Datum direct;
  HeldBytes held;
};

void Update(const AggregateInput& input, char* const* states) {
  const Vector& argument = *input.arguments[0];
  for (uint32_t row = 0; row < input.row_count; ++row) {
    auto& state = aggregate::At<SortedValues>(states[row]);
    if (input.arguments.size() > 1) {
      const Vector& direct = *input.arguments[1];
      state.direct = direct.GetDatum(row).CopyTo(direct.physical(), *input.arena);
    }
    if (argument.IsNull(row)) continue;
    state.held.Grow(input.context->memory, (state.values.size() + 1) * sizeof(Datum));
    state.values.push_back(argument.GetDatum(row).CopyTo(argument.physical(), *input.arena));
  }
}
void UpdateSingle(const AggregateInput& input, char* state) {
  const std::vector<char*> states(input.row_count, state);
  Update(input, states.data());
}

double CheckedFraction(double fraction) {
  if (fraction >= 0 && fraction <= 1) return fraction;
  throw SqlError(SqlState::kNumericValueOutOfRange,
                 fmt::format("percentile value {:g} is not between 0 and 1", fraction));
}

// The first value that at least this share of the values does not lie behind.
struct Discrete {
  static Datum At(const std::vector<Datum>& values, double fraction) {
    const double rank = std::ceil(fraction * static_cast<double>(values.size()));
    const auto row = rank < 1 ? 0 : static_cast<size_t>(rank) - 1;
    return values[row];
  }
};

Datum Between(double low, double high, double share) {
  return Datum::Of(low + share * (high - low));
}
Datum Between(const types::IntervalValue& low, const types::IntervalValue& high, double share) {
  const types::IntervalValue difference = types::IntervalSubtract(high, low);
  return Datum::Of(types::IntervalAdd(low, types::IntervalMultiply(difference, share)));
}

// As if the values were points of a line.
template <typename T>
struct Continuous {
  static Datum At(const std::vector<Datum>& values, double fraction) {
    const double place = fraction * static_cast<double>(values.size() - 1);
    const double below = std::floor(place);
    const auto first = static_cast<size_t>(below);
    const auto second = static_cast<size_t>(std::ceil(place));
    if (first == second) return values[first];
    return Between(values[first].As<T>(), values[second].As<T>(), place - below);
  }
};

template <typename Rule>
Datum One(FunctionContext&, const CallSite&, const SortedValues& state) {
  if (state.direct.is_null()) return Datum::Null();
  const double fraction = CheckedFraction(state.direct.As<double>());
  return state.values.empty() ? Datum::Null() : Rule::At(state.values, fraction);
}

// An array of fractions: an array of the same shape.
template <typename Rule>
Datum Many(FunctionContext& context, const CallSite& call, const SortedValues& state) {
  if (state.direct.is_null()) return Datum::Null();
  const ArrayRef fractions = ArrayRef::Of(state.direct);
  for (uint32_t i = 0; i < fractions.size(); ++i) {
    if (!fractions.IsNull(i)) CheckedFraction(fractions.Value<double>(i));
  }
  if (state.values.empty()) return Datum::Null();
  const Oid element = types::ArrayElementOid(call.result_type.oid);
  const SqlType element_type =
      element != kInvalidOid ? types::BuiltinType(element) : call.argument_types.back();
  ArrayBuilder result(element_type);
  for (uint32_t i = 0; i < fractions.size(); ++i) {
    if (fractions.IsNull(i)) {
      result.AddNull();
    } else {
      result.Add(Rule::At(state.values, fractions.Value<double>(i)));
    }
  }
  return Datum::Of(result.Finish(ResultArena(context), fractions.dimensions()));
}

// The most frequent value, of several the first.
Datum Mode(FunctionContext&, const CallSite& call, const SortedValues& state) {
  if (state.values.empty()) return Datum::Null();
  const types::CompareFunction compare = types::FindCompare(call.result_type);
  size_t best = 0;
  size_t best_count = 0;
  size_t start = 0;
  for (size_t i = 1; i <= state.values.size(); ++i) {
    const bool goes_on = i < state.values.size() && compare != nullptr &&
                         compare(state.values[start], state.values[i], call.collation) == 0;
    if (goes_on) continue;
    if (i - start > best_count) {
      best_count = i - start;
      best = start;
    }
    start = i;
  }
  return state.values[best];
}

using Finish = Datum (*)(FunctionContext&, const CallSite&, const SortedValues&);

template <Finish finish>
void Finalize(FunctionContext& context, const CallSite& call, char* const* states, uint32_t count,
              Vector& result, uint32_t first_row) {
  for (uint32_t i = 0; i < count; ++i) {
    result.SetDatum(first_row + i, finish(context, call, aggregate::At<SortedValues>(states[i])));
  }
}

template <Finish finish>
const AggregateFunction* OrderedSet() {
  static const AggregateFunction kFunction = [] {
    AggregateFunction function;
    function.state_bytes = (sizeof(SortedValues) + 7) / 8 * 8;
    function.init = &aggregate::Init<SortedValues>;
    function.update = &Update;
    function.update_single = &UpdateSingle;
    function.finalize = &Finalize<finish>;
    function.destroy = &aggregate::Destroy<SortedValues>;
    return function;
  }();
  return &kFunction;
}

}  // namespace

void RegisterOrderedSets(Registry& registry) {
  using Interval = types::IntervalValue;
  registry.AddAggregate(3972, OrderedSet<&One<Discrete>>());
  registry.AddAggregate(3974, OrderedSet<&One<Continuous<double>>>());
  registry.AddAggregate(3976, OrderedSet<&One<Continuous<Interval>>>());
  registry.AddAggregate(3978, OrderedSet<&Many<Discrete>>());
  registry.AddAggregate(3980, OrderedSet<&Many<Continuous<double>>>());
  registry.AddAggregate(3982, OrderedSet<&Many<Continuous<Interval>>>());
  registry.AddAggregate(3984, OrderedSet<&Mode>());
}

}  // namespace grizzly::functions
