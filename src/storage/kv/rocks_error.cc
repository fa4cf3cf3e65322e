#include "storage/kv/rocks_error.h"

#include <fmt/format.h>

namespace grizzly::storage {
namespace {

// The file that a status names, from its folder in the data directory on.
std::string FileIn(const std::string& text) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos) return "store";
  const std::string path = text.substr(slash, text.find_first_of(": ", slash) - slash);
  const size_t name = path.find_last_of('/');
  const size_t folder = name == 0 || name == std::string::npos ? std::string::npos
                                                               : path.find_last_of('/', name - 1);
  return folder == std::string::npos ? path : path.substr(folder + 1);
}

}  // namespace

SqlError ErrorOf(const rocksdb::Status& status, std::string_view doing) {
  if (status.IsNoSpace()) {
    return SqlError(SqlState::kDiskFull,
                    fmt::format("could not extend file \"{}\": No space left on device",
                                FileIn(status.ToString())))
        .Hint("Check free disk space.");
  }
  if (status.IsCorruption()) {
    return SqlError(SqlState::kDataCorrupted, fmt::format("could not {}: stored data is damaged",
                                                          doing))
        .Detail(status.ToString());
  }
  return SqlError(SqlState::kIoError, fmt::format("could not {}: {}", doing, status.ToString()));
}

}  // namespace grizzly::storage
