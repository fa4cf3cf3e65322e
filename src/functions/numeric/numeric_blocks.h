// numeric + - * over a whole batch at once, where the values of each side are small and of one scale and no
// result can overflow: what columns of decimals usually hold.
//
// The unscaled integers are taken out of the vectors, computed in loops without branches, and put back.
#pragma once

#include "functions/kernel.h"

namespace grizzly::functions {

enum class NumericOperation : uint8_t { kAdd, kSubtract, kMultiply };

// False, with nothing written: the rows are to be computed one by one.
bool ComputeNumericBlock(NumericOperation operation, const Vector& left, const Vector& right,
                         uint32_t row_count, Vector& result);

// `Rows` is the kernel for the batches that are not so.
template <NumericOperation operation, ScalarKernel Rows>
void NumericBlock(FunctionContext& context, const CallSite& call, kernel::Arguments arguments,
                  uint32_t row_count, Vector& result) {
  if (ComputeNumericBlock(operation, *arguments[0], *arguments[1], row_count, result)) return;
  Rows(context, call, arguments, row_count, result);
}

}  // namespace grizzly::functions
