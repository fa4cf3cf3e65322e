#include "base/memory/memory_tracker.h"

#include <utility>

#include "base/error/sql_error.h"

namespace grizzly {

MemoryTracker::MemoryTracker(std::string name, MemoryTracker* parent, int64_t limit_bytes)
    : name_(std::move(name)), parent_(parent), limit_bytes_(limit_bytes) {}

MemoryTracker::~MemoryTracker() {
  // What was not released dies with its owner; the parents must not count it for ever.
  const int64_t left = used_bytes();
  for (MemoryTracker* node = parent_; node != nullptr && left != 0; node = node->parent_) {
    node->used_bytes_.fetch_sub(left, std::memory_order_relaxed);
  }
}

MemoryTracker* MemoryTracker::ReserveUpwards(int64_t bytes) {
  for (MemoryTracker* node = this; node != nullptr; node = node->parent_) {
    const int64_t used = node->used_bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    const int64_t limit = node->limit_bytes();
    if (limit != kNoMemoryLimit && used > limit) {
      for (MemoryTracker* taken = this;; taken = taken->parent_) {
        taken->used_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
        if (taken == node) break;
      }
      return node;
    }
    int64_t peak = node->peak_bytes();
    while (used > peak &&
           !node->peak_bytes_.compare_exchange_weak(peak, used, std::memory_order_relaxed)) {
    }
  }
  return nullptr;
}

bool MemoryTracker::TryReserve(int64_t bytes) { return ReserveUpwards(bytes) == nullptr; }

void MemoryTracker::Reserve(int64_t bytes) {
  MemoryTracker* refused = ReserveUpwards(bytes);
  if (refused == nullptr) return;
  throw SqlError(SqlState::kOutOfMemory, "out of memory")
      .Detail("Failed on request of size " + std::to_string(bytes) + " in memory tracker \"" +
              refused->name_ + "\" (limit " + std::to_string(refused->limit_bytes()) +
              " bytes, used " + std::to_string(refused->used_bytes()) + ").");
}

void MemoryTracker::Release(int64_t bytes) {
  for (MemoryTracker* node = this; node != nullptr; node = node->parent_) {
    node->used_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  }
}

}  // namespace grizzly
