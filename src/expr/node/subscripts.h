// Fetching from and assigning to array elements and slices.
//
// ERRORS  2202E array subscript out of range and its kin, 22004 NULL subscripts in assignment
#pragma once

#include <optional>
#include <vector>

#include "types/datum.h"
#include "types/sql_type.h"

namespace grizzly::expr {

struct Subscript {
  std::optional<int32_t> lower;  // of a slice; omitted: the array's own
  std::optional<int32_t> upper;  // the index itself, or the end of a slice
  bool is_null = false;          // one of them was NULL
};
using Subscripts = std::vector<Subscript>;

// NULL for a NULL or wrong number of subscripts and outside of the array. The string of an element
// points into `array`.
types::Datum FetchElement(const types::Datum& array, const Subscripts& subscripts);
types::Datum FetchSlice(const types::Datum& array, const Subscripts& subscripts, Arena& arena);
// The array with the element or slice replaced; a NULL array becomes one that holds it.
types::Datum AssignElement(const types::Datum& array, const Subscripts& subscripts,
                           const types::Datum& value, const types::SqlType& element, Arena& arena);
types::Datum AssignSlice(const types::Datum& array, const Subscripts& subscripts,
                         const types::Datum& value, const types::SqlType& element, Arena& arena);

}  // namespace grizzly::expr
