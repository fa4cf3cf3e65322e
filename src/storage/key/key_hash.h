// 128 bits of hash for a key: keys that differ share them practically never.
#pragma once

#include <cstdint>
#include <string_view>

namespace grizzly::storage {

struct KeyHash {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const KeyHash&) const = default;
};

// Not for disk: it may change between versions.
KeyHash HashKey(std::string_view key);

}  // namespace grizzly::storage
