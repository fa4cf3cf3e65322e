// Plain C++ accumulators as AggregateFunctions.
//
//   struct SumInt4 {
//     using Argument = int32_t;                     // as in kernel.h: std::string_view, StringRef ...
//     int64_t sum = 0; bool any = false;            // the state: made and moved as raw memory
//     void Add(const AggregateInput&, int32_t value);
//     void Combine(const AggregateInput&, const SumInt4& other);
//     Datum Finish(FunctionContext&, const CallSite&) const;
//   };
//   registry.AddAggregate(2108, AggregateOf<SumInt4>());
//
// Rows with a NULL argument are left out. Optional members of the struct:
//   void AddMany(const AggregateInput&, const Argument* values, uint32_t count)   flat, no NULLs
//   void Remove(const AggregateInput&, Argument)                                  moving frames
//   using Second = ...; Add(input, first, second)                                 two arguments
// A state with a destructor is destroyed by the operator.
#pragma once

#include <new>
#include <type_traits>

#include "functions/kernel.h"

namespace grizzly::functions {
namespace aggregate {

template <typename State>
concept HasSecond = requires { typename State::Second; };
template <typename State>
concept HasAddMany = requires(State state, const AggregateInput& input,
                              const kernel::Storage<typename State::Argument>* values) {
  state.AddMany(input, values, 1u);
};
template <typename State>
concept HasRemove = requires(State state, const AggregateInput& input,
                             const typename State::Argument& value) { state.Remove(input, value); };

template <typename State>
State& At(char* state) {
  return *std::launder(reinterpret_cast<State*>(state));
}
template <typename State>
const State& At(const char* state) {
  return *std::launder(reinterpret_cast<const State*>(state));
}

// Calls `add(state, row)` for each row without a NULL.
template <typename State, typename Add>
void ForEachRow(const AggregateInput& input, Add&& add) {
  const Vector& first = *input.arguments[0];
  const Vector* second = HasSecond<State> ? input.arguments[1] : nullptr;
  const bool may_skip =
      first.MayHaveNulls() || (second != nullptr && second->MayHaveNulls());
  for (uint32_t row = 0; row < input.row_count; ++row) {
    if (may_skip && (first.IsNull(row) || (second != nullptr && second->IsNull(row)))) continue;
    add(row);
  }
}

template <typename State, typename Visit>
void VisitRows(const AggregateInput& input, Visit&& visit) {
  using Argument = typename State::Argument;
  const auto first = input.arguments[0]->Reader<kernel::Storage<Argument>>();
  if constexpr (HasSecond<State>) {
    using Second = typename State::Second;
    const auto second = input.arguments[1]->Reader<kernel::Storage<Second>>();
    ForEachRow<State>(input, [&](uint32_t row) {
      visit(row, kernel::FromStorage<Argument>(first[row]),
            kernel::FromStorage<Second>(second[row]));
    });
  } else {
    ForEachRow<State>(input, [&](uint32_t row) {
      visit(row, kernel::FromStorage<Argument>(first[row]));
    });
  }
}

template <typename State>
void Init(char* state) {
  new (state) State();
}
template <typename State>
void Update(const AggregateInput& input, char* const* states) {
  VisitRows<State>(input, [&](uint32_t row, const auto&... values) {
    At<State>(states[row]).Add(input, values...);
  });
}
template <typename State>
void UpdateSingle(const AggregateInput& input, char* state) {
  State& target = At<State>(state);
  if constexpr (HasAddMany<State>) {
    const Vector& argument = *input.arguments[0];
    if (argument.kind() == VectorKind::kFlat && !argument.MayHaveNulls()) {
      target.AddMany(input, argument.Reader<kernel::Storage<typename State::Argument>>().data,
                     input.row_count);
      return;
    }
  }
  VisitRows<State>(input,
                   [&](uint32_t, const auto&... values) { target.Add(input, values...); });
}
template <typename State>
void Combine(const AggregateInput& input, const char* source, char* target) {
  At<State>(target).Combine(input, At<State>(source));
}
template <typename State>
void Finalize(FunctionContext& context, const CallSite& call, char* const* states, uint32_t count,
              Vector& result, uint32_t first_row) {
  for (uint32_t i = 0; i < count; ++i) {
    result.SetDatum(first_row + i, At<State>(states[i]).Finish(context, call));
  }
}
template <typename State>
void Destroy(char* state) {
  At<State>(state).~State();
}
template <typename State>
void Inverse(const AggregateInput& input, char* state) {
  VisitRows<State>(input,
                   [&](uint32_t, const auto&... values) { At<State>(state).Remove(input, values...); });
}

}  // namespace aggregate

template <typename State>
const AggregateFunction* AggregateOf() {
  static_assert(alignof(State) <= 8 || alignof(State) == 16);
  static const AggregateFunction kFunction = [] {
    AggregateFunction function;
    function.state_bytes = (sizeof(State) + 7) / 8 * 8;
    function.init = &aggregate::Init<State>;
    function.update = &aggregate::Update<State>;
    function.update_single = &aggregate::UpdateSingle<State>;
    function.combine = &aggregate::Combine<State>;
    function.finalize = &aggregate::Finalize<State>;
    if constexpr (!std::is_trivially_destructible_v<State>) {
      function.destroy = &aggregate::Destroy<State>;
    }
    if constexpr (aggregate::HasRemove<State>) function.inverse = &aggregate::Inverse<State>;
    return function;
  }();
  return &kFunction;
}

// The arena SQL results of Finish go to.
inline Arena& ResultArena(FunctionContext& context) { return *context.result_heap; }

}  // namespace grizzly::functions
