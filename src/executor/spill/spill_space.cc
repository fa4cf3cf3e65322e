#include "executor/spill/spill_space.h"

#include <fmt/format.h>

#include "base/error/sql_error.h"

namespace grizzly::executor {

void SpillSpace::Charge(int64_t bytes) {
  const int64_t limit = limit_bytes_.load();
  const int64_t used = used_bytes_.fetch_add(bytes) + bytes;
  if (limit < 0 || used <= limit) return;
  used_bytes_.fetch_sub(bytes);
  throw SqlError(SqlState::kConfigurationLimitExceeded,
                 fmt::format("temporary file size exceeds temp_file_limit ({}kB)", limit / 1024));
}

}  // namespace grizzly::executor
