// The hybrid logical clock that stamps commits: unique, ever growing, near to the wall clock.
//
// FORMAT   timestamp := milliseconds since 1970 (48 bits) | counter (16 bits)
//          stored under tenant 0, storage kClockStorage, index 0: a bound as u64, big-endian. No
//          timestamp above the stored bound is given out, so one that starts at the bound after a
//          crash, or after the wall clock was set back, is above all that were.
// THREADS  any.
#pragma once

#include <atomic>
#include <mutex>

#include "base/ids/ids.h"
#include "storage/kv/store.h"

namespace grizzly::txn {

// Of the server's tenant; no relation has it.
inline constexpr StorageId kClockStorage{UINT32_MAX};

class CommitClock {
 public:
  explicit CommitClock(storage::Store& store);

  // Throws what Store::Write does when the bound has to be moved (about once a second).
  CommitTimestamp Next();
  // The highest one given out so far.
  CommitTimestamp last() const { return CommitTimestamp(last_.load(std::memory_order_acquire)); }

 private:
  void RaiseBound(uint64_t at_least);

  storage::Store& store_;
  std::string key_;
  std::atomic<uint64_t> last_{0};
  std::atomic<uint64_t> bound_{0};
  std::mutex raising_;
};

constexpr int64_t MillisecondsOf(CommitTimestamp timestamp) {
  return static_cast<int64_t>(timestamp.value >> 16);
}

}  // namespace grizzly::txn
