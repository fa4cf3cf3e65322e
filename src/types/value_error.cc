#include "types/value_error.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"

namespace grizzly::types {

void ThrowInvalidSyntax(std::string_view type, std::string_view text) {
  throw SqlError(SqlState::kInvalidTextRepresentation,
                 fmt::format("invalid input syntax for type {}: \"{}\"", type, text));
}

void ThrowValueOutOfRange(std::string_view type, std::string_view text) {
  throw SqlError(SqlState::kNumericValueOutOfRange,
                 fmt::format("value \"{}\" is out of range for type {}", text, type));
}

void ThrowTypeOutOfRange(std::string_view type) {
  throw SqlError(SqlState::kNumericValueOutOfRange, fmt::format("{} out of range", type));
}

void ThrowFloatOverflow() {
  throw SqlError(SqlState::kNumericValueOutOfRange, "value out of range: overflow");
}

void ThrowFloatUnderflow() {
  throw SqlError(SqlState::kNumericValueOutOfRange, "value out of range: underflow");
}

void ThrowDivisionByZero() { throw SqlError(SqlState::kDivisionByZero, "division by zero"); }

}  // namespace grizzly::types
