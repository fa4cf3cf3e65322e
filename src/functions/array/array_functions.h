// What the families share about arrays.
#pragma once

#include "types/array.h"
#include "types/compare.h"

namespace grizzly::functions {

// The element type an array value itself tells: without typmod and collation.
types::SqlType ElementTypeOf(const types::ArrayRef& array);
// Throws 42883 for a type without an order.
types::CompareFunction RequireCompare(const types::SqlType& type);

}  // namespace grizzly::functions
