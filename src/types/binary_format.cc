#include "types/binary_format.h"

#include "base/error/sql_error.h"

namespace grizzly::types {

void ThrowBinaryTooShort() {
  throw SqlError(SqlState::kProtocolViolation, "insufficient data left in message");
}

void ThrowBinaryMalformed() {
  throw SqlError(SqlState::kInvalidBinaryRepresentation, "incorrect binary data format");
}

}  // namespace grizzly::types
