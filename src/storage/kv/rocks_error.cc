#include "storage/kv/rocks_error.h"

#include <fmt/format.h>

namespace grizzly::storage {

SqlError ErrorOf(const rocksdb::Status& status, std::string_view doing) {
  if (status.IsNoSpace()) {
    return SqlError(SqlState::kDiskFull,
                    fmt::format("could not {}: No space left on device", doing))
        .Detail(status.ToString())
        .Hint("Free space on the disk that holds the data directory.");
  }
  if (status.IsCorruption()) {
    return SqlError(SqlState::kDataCorrupted, fmt::format("could not {}: stored data is damaged",
                                                          doing))
        .Detail(status.ToString());
  }
  return SqlError(SqlState::kIoError, fmt::format("could not {}: {}", doing, status.ToString()));
}

}  // namespace grizzly::storage
