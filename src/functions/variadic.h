// VARIADIC "any" called with an array: f(VARIADIC array) is f of its elements.
#pragma once

#include "functions/kernel.h"

namespace grizzly::functions {

// The call with the last argument, an array, replaced by its elements. False: the array is NULL.
bool SpreadArray(FunctionContext& context, const CallSite& call, std::span<const Datum> values,
                 CallSite& spread_call, std::vector<Datum>& spread_values);

// A DatumFunction that never sees an array; for a NULL one the answer is NULL.
template <DatumFunction F>
Datum Spread(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  if (!call.variadic_array) return F(context, call, values);
  CallSite spread_call;
  std::vector<Datum> spread_values;
  if (!SpreadArray(context, call, values, spread_call, spread_values)) return Datum::Null();
  return F(context, spread_call, spread_values);
}

}  // namespace grizzly::functions
