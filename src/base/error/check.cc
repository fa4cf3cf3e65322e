#include "base/error/check.h"

#include "base/error/sql_error.h"

namespace grizzly {

void ThrowCheckFailed(std::string_view condition, std::source_location at) {
  std::string message = "internal error: check failed: ";
  message += condition;
  message += " (";
  message += at.file_name();
  message += ':';
  message += std::to_string(at.line());
  message += ')';
  throw SqlError(SqlState::kInternalError, std::move(message), at);
}

}  // namespace grizzly
