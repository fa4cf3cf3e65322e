// Key ranges that hold copies made later than some snapshots: the entries of an index that was added to a table
// with rows, and rows that moved to another storage for it.
//
// A snapshot of before would find such a range empty. READ COMMITTED never looks so far back; a transaction
// that keeps its snapshot fails with 40001 instead of missing rows.
//
// MEMORY   at most kYoungRangesMax; older ones become a floor that all snapshots before it fail at.
// THREADS  any
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

namespace grizzly::txn {

inline constexpr size_t kYoungRangesMax = 1024;

class YoungRanges {
 public:
  // Every key that starts with `head` was written by the commit that the store numbers `sequence`, or later.
  void Add(std::string head, uint64_t sequence);
  // Throws 40001 when a range that `key` lies in is younger than the snapshot.
  void Check(std::string_view key, uint64_t snapshot_sequence) const {
    if (snapshot_sequence < newest_.load(std::memory_order_acquire)) CheckEach(key, snapshot_sequence);
  }

 private:
  struct Range {
    std::string head;
    uint64_t sequence;
  };
  void CheckEach(std::string_view key, uint64_t snapshot_sequence) const;

  std::atomic<uint64_t> newest_{0};
  mutable std::mutex mutex_;
  std::deque<Range> ranges_;   // oldest first; guarded by mutex_
  uint64_t floor_ = 0;         // guarded by mutex_
};

}  // namespace grizzly::txn
