// The threads that serve the reactor, and others that take over while some of them block.
//
// A thread serves (runs handlers) or is parked. Serving threads are idle in the reactor or busy in
// a handler. When a busy thread enters a BlockingSection it no longer counts as serving. Whenever no
// serving thread is idle and fewer than serving_target serve, one more is woken or started. A thread
// that comes out of a handler and finds idle_spare more than that serving parks itself: as many may
// sleep in the reactor, so that short blocking (the sync of a commit) parks and wakes nobody.
//
// A statement that computes for long without a BlockingSection is noticed by a watcher: when all
// serving threads are busy and none has finished a handler for kStuckMs, one more may serve, until
// some are idle again. The watcher sleeps while nobody was short of threads lately.
//
// LIMITS   threads_max: one per connection may block, plus the serving ones; a lower limit could park
//          everyone behind a lock whose holder nobody serves. A parked thread costs its touched stack.
// THREADS  Start and Join by the owner; BusyScope and BlockingSection on the pool's own threads.
// SOURCE   leader/follower with compensation: see base/blocking/blocking_section.h
#pragma once

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "base/blocking/blocking_section.h"
#include "server/reactor.h"

namespace grizzly::server {

struct ThreadPoolOptions {
  int serving_target = 3;
  int idle_spare = 8;  // this many more may sleep in the reactor
  int threads_max = 512;
  size_t stack_bytes = 8 << 20;  // address space; the parser's depth limit leaves room below it
};

class ThreadPool final : public BlockingObserver {
 public:
  ThreadPool(Reactor& reactor, const ThreadPoolOptions& options);
  ~ThreadPool() override;

  void Start();
  // The reactor must be stopped before. Waits for every thread to leave its handler.
  void Join();

  int thread_count() const { return thread_count_.load(std::memory_order_relaxed); }
  int serving_count() const;
  int blocked_count() const { return blocked_.load(std::memory_order_relaxed); }

 private:
  // Both counts in one word, so that "nobody idle" is seen as of one moment.
  struct Counts {
    int32_t serving;
    int32_t busy;
  };
  Counts Change(int serving, int busy);

  void OnBusy();
  void OnIdle();
  void OnBlock() noexcept override;
  void OnUnblock() noexcept override;

  void AddServingIfShort(Counts counts);
  void WakeWatcher();
  void AddServing();   // under mutex_
  bool StartThread();  // under mutex_
  void Serve();
  void Watch();
  // How many may serve: the target, and those the watcher allows on top.
  int ServingAllowed() const {
    return options_.serving_target + extra_serving_.load(std::memory_order_relaxed);
  }
  static constexpr int kStuckMs = 10;
  // True when the thread may serve again; false when the pool stops.
  bool ParkIfTooMany();
  static void* ThreadMain(void* pool);

  Reactor& reactor_;
  const ThreadPoolOptions options_;
  std::atomic<uint64_t> counts_{0};
  std::atomic<int> thread_count_{0};
  std::atomic<int> blocked_{0};
  std::atomic<int> extra_serving_{0};
  std::atomic<uint64_t> finished_handlers_{0};
  std::atomic<bool> was_short_{false};  // all serving threads were busy at some time

  std::thread watcher_;
  std::condition_variable watcher_wake_;
  bool watcher_sleeps_ = false;  // guarded by mutex_; an unguarded look only costs a late wake-up
  std::mutex mutex_;
  std::condition_variable wake_;
  int parked_ = 0;       // guarded by mutex_
  int wake_tickets_ = 0;  // guarded by mutex_: parked threads that shall serve again
  bool stopping_ = false;  // guarded by mutex_
  std::vector<pthread_t> threads_;  // guarded by mutex_
};

}  // namespace grizzly::server
