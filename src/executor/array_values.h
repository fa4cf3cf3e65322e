// Arrays as the executor meets them: one-dimensional, made of or taken apart into datums.
#pragma once

#include <span>
#include <vector>

#include "types/datum.h"

namespace grizzly::executor {

// An array value of `element` type in `arena`; empty for no elements.
types::Datum MakeArray(const types::SqlType& element, std::span<const types::Datum> elements,
                       Arena& arena);
// All elements in storage order; long strings point into the array.
std::vector<types::Datum> ArrayElements(const types::Datum& array, const types::SqlType& element);

}  // namespace grizzly::executor
