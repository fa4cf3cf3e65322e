// RocksDB's Status as SqlError. Internal to storage/kv.
#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "base/error/sql_error.h"

namespace grizzly::storage {

// `doing` completes "could not ...": "read from the store", "write to the log".
SqlError ErrorOf(const rocksdb::Status& status, std::string_view doing);

inline void ThrowUnlessOk(const rocksdb::Status& status, std::string_view doing) {
  if (!status.ok()) [[unlikely]] throw ErrorOf(status, doing);
}

}  // namespace grizzly::storage
