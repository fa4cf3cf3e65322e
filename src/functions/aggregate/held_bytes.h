// What an aggregate's state holds outside of its arena, charged to the statement.
//
// THREADS  the state's. The tracker outlives the state.
// ERRORS   53200 when the statement may not hold more
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/memory/memory_tracker.h"

namespace grizzly::functions {

class HeldBytes {
 public:
  HeldBytes() = default;
  HeldBytes(HeldBytes&& other) noexcept
      : tracker_(std::exchange(other.tracker_, nullptr)), charged_(std::exchange(other.charged_, 0)) {}
  HeldBytes& operator=(HeldBytes&& other) noexcept {
    std::swap(tracker_, other.tracker_);
    std::swap(charged_, other.charged_);
    return *this;
  }
  ~HeldBytes() { LetGo(); }

  // So many are held from now on; charged in growing steps, as memory is taken. A null tracker counts nothing.
  void Grow(MemoryTracker* tracker, size_t bytes) {
    const auto held = static_cast<int64_t>(bytes);
    if (held <= charged_ || tracker == nullptr) return;
    const int64_t target = std::max(held, charged_ + charged_ / 2);
    tracker->Reserve(target - charged_);
    tracker_ = tracker;
    charged_ = target;
  }
  void LetGo() {
    if (tracker_ != nullptr) tracker_->Release(charged_);
    tracker_ = nullptr;
    charged_ = 0;
  }

 private:
  MemoryTracker* tracker_ = nullptr;
  int64_t charged_ = 0;
};

}  // namespace grizzly::functions
