// The one row of a set function as a record: what a function with OUT arguments is outside FROM.
#pragma once

#include "functions/function.h"

namespace grizzly::functions {

// A row of `rows`, its fields named as the shape of `type` says.
types::Datum RecordOfRow(const types::SqlType& type, const types::Batch& rows, uint32_t row,
                         Arena& arena);

// A kernel over the SetFunction of the called function. NULL where the set is empty.
void FirstRowOfSet(FunctionContext& context, const CallSite& call,
                   std::span<const types::Vector* const> arguments, uint32_t row_count,
                   types::Vector& result);

}  // namespace grizzly::functions
