// The heads of keys by which reads and writes are grouped. Internal to txn/serializable.
#pragma once

#include <string_view>

#include "storage/key/key_layout.h"

namespace grizzly::txn {

using storage::kKeyHeadBytes;  // tenant, storage, index
inline constexpr size_t kStorageHeadBytes = 2 * sizeof(uint32_t);  // tenant, storage

inline std::string_view HeadOf(std::string_view key) { return key.substr(0, kKeyHeadBytes); }

}  // namespace grizzly::txn
