// Who owns which bytes: a tree server > tenant > session > statement > operator.
//
// Each tracker counts the bytes reserved below it and has an optional limit. A reservation goes up
// the tree; the first node whose limit it would pass refuses it, and the statement spills or fails
// alone with 53200.
//
// THREADS  Reserve, Release and the readers are safe from any thread. The tree's shape (parent) is
//          fixed at construction; a child must die before its parent.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace grizzly {

inline constexpr int64_t kNoMemoryLimit = -1;

class MemoryTracker {
 public:
  MemoryTracker(std::string name, MemoryTracker* parent, int64_t limit_bytes = kNoMemoryLimit);
  ~MemoryTracker();
  MemoryTracker(const MemoryTracker&) = delete;
  MemoryTracker& operator=(const MemoryTracker&) = delete;

  // False, with nothing reserved, when a limit on the way up would be passed.
  [[nodiscard]] bool TryReserve(int64_t bytes);
  // Throws SqlError 53200 (out_of_memory) naming the tracker whose limit it was.
  void Reserve(int64_t bytes);
  void Release(int64_t bytes);

  void SetLimit(int64_t limit_bytes) { limit_bytes_.store(limit_bytes, std::memory_order_relaxed); }
  int64_t limit_bytes() const { return limit_bytes_.load(std::memory_order_relaxed); }
  int64_t used_bytes() const { return used_bytes_.load(std::memory_order_relaxed); }
  int64_t peak_bytes() const { return peak_bytes_.load(std::memory_order_relaxed); }
  std::string_view name() const { return name_; }
  MemoryTracker* parent() const { return parent_; }

 private:
  // The node that refused, or null when all took it.
  MemoryTracker* ReserveUpwards(int64_t bytes);

  const std::string name_;
  MemoryTracker* const parent_;
  std::atomic<int64_t> limit_bytes_;
  std::atomic<int64_t> used_bytes_{0};
  std::atomic<int64_t> peak_bytes_{0};
};

}  // namespace grizzly
