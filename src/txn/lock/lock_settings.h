// What the settings say about waiting for locks.
#pragma once

#include <cstdint>

namespace grizzly::txn {

struct LockSettings {
  int64_t deadlock_timeout_ms = 1000;
  int64_t lock_timeout_ms = 0;  // 0: none
};

}  // namespace grizzly::txn
