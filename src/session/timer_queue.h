// Deadlines: runs an action when its time has come, unless it was taken back before.
//
// THREADS  one thread of its own; actions must be short and must not call back into the queue.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace grizzly::session {

class TimerQueue {
 public:
  using Clock = std::chrono::steady_clock;
  using Id = std::pair<Clock::time_point, uint64_t>;

  TimerQueue();
  ~TimerQueue();

  Id Schedule(std::chrono::milliseconds delay, std::function<void()> action);
  // When it returns the action has run or never will.
  void Cancel(const Id& id);

 private:
  void Loop();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Id, std::function<void()>> actions_;
  uint64_t next_ = 0;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace grizzly::session
