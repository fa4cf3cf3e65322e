#include "session/timer_queue.h"

namespace grizzly::session {

TimerQueue::TimerQueue() : thread_([this] { Loop(); }) {}

TimerQueue::~TimerQueue() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

TimerQueue::Id TimerQueue::Schedule(std::chrono::milliseconds delay,
                                    std::function<void()> action) {
  std::lock_guard lock(mutex_);
  const Id id{Clock::now() + delay, next_++};
  actions_.emplace(id, std::move(action));
  if (actions_.begin()->first == id) changed_.notify_one();
  return id;
}

void TimerQueue::Cancel(const Id& id) {
  std::lock_guard lock(mutex_);  // actions run under it
  actions_.erase(id);
}

void TimerQueue::Loop() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (actions_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = actions_.begin();
    const Clock::time_point due = first->first.first;  // Cancel may take the entry away meanwhile
    if (due > Clock::now()) {
      changed_.wait_until(lock, due);
      continue;
    }
    const std::function<void()> action = std::move(first->second);
    actions_.erase(first);
    action();
  }
}

}  // namespace grizzly::session
