// The tables histories run on, in several shapes, and the statement behind each operation.
#pragma once

#include <string>

#include "history/history.h"

namespace grizzly::history {

enum class Shape : uint8_t {
  kPrimaryKeys,   // rows lie in the order of their keys
  kIndexes,       // no primary key: unique and other indexes over rows by row id
  kPartitions,
  kColumnar,      // GrizzlyDB only
};
inline constexpr int kShapeCount = 4;

std::string ShapeName(Shape shape);
std::string CreateTables(Shape shape);  // drops what is there
// The rows that a history starts with.
std::string PrepareHistory(int history);
// `ddl_number` makes the names of new objects unique.
std::string StatementOf(const Op& op, int history, int ddl_number);

}  // namespace grizzly::history
