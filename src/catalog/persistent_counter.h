// A number that only grows, given out in order and never twice, across restarts and crashes.
//
// FORMAT   value := 8 zero bytes, next:u64 little-endian: no number from `next` on was given out.
//          Raised by kCounterBatch ahead and written without sync: the sync of the commit that uses
//          a number covers it, for the log keeps order.
// THREADS  any.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "storage/kv/store.h"

namespace grizzly::catalog {

inline constexpr uint64_t kCounterBatch = 64;

class PersistentCounter {
 public:
  // Loads at the first Next.
  PersistentCounter(storage::Store& store, std::string key, uint64_t first);
  uint64_t Next();

 private:
  void Refill();

  storage::Store& store_;
  const std::string key_;
  std::mutex mutex_;
  uint64_t next_;
  uint64_t limit_ = 0;  // numbers below are covered by the stored value; 0: not loaded
};

}  // namespace grizzly::catalog
