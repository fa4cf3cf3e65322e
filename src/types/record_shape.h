// What the columns of an anonymous row are: a record's typmod names a shape, so that fields can be taken from
// it wherever it goes in a statement.
//
// Shapes are few (one per form of ROW(...) or subquery row in use) and live as long as the process; beyond
// kRecordShapesMax a row has no shape, and its fields cannot be named.
// THREADS  any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "types/sql_type.h"

namespace grizzly::types {

inline constexpr size_t kRecordShapesMax = 100'000;

struct ShapeColumn {
  std::string name;
  SqlType type;
  bool operator==(const ShapeColumn&) const = default;
};
using RecordShape = std::vector<ShapeColumn>;

// The same shape gets the same number. kNoTypmod when there are too many.
int32_t RegisterRecordShape(const RecordShape& shape);
// Null for a typmod that is none.
const RecordShape* FindRecordShape(int32_t typmod);

}  // namespace grizzly::types
