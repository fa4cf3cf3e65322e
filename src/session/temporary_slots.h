// Numbers of the temporary schemas of one database (pg_temp_3): each session that makes temporary objects
// holds one.
//
// THREADS  any.
#pragma once

#include <mutex>
#include <vector>

namespace grizzly::session {

class TemporarySlots {
 public:
  // The lowest number nobody holds, from 1 on.
  int Take() {
    const std::lock_guard lock(mutex_);
    size_t slot = 0;
    while (slot < held_.size() && held_[slot]) ++slot;
    if (slot == held_.size()) held_.push_back(false);
    held_[slot] = true;
    return static_cast<int>(slot + 1);
  }
  void Give(int number) {
    const std::lock_guard lock(mutex_);
    held_[static_cast<size_t>(number - 1)] = false;
  }

 private:
  std::mutex mutex_;
  std::vector<bool> held_;
};

}  // namespace grizzly::session
