// Threads that help statements along: one bounded pool for the whole server (max_parallel_workers).
//
// A statement never waits for a helper: it does the work itself, and whoever is free joins in. Threads
// are started when first needed and stay.
// THREADS  Run from any thread; not from within work running in the pool.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace grizzly::executor {

class WorkerPool {
 public:
  explicit WorkerPool(int threads_max) : threads_max_(threads_max) {}
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Calls work(0) on this thread and, as far as threads are free before it returns, work(1) ...
  // work(count - 1) on others. Returns when all that started have returned; rethrows the first
  // exception. Returns how many took part.
  int Run(int count, const std::function<void(int)>& work);
  int threads_max() const { return threads_max_; }

 private:
  struct Task {
    const std::function<void(int)>* work;
    int next = 1;
    int count = 0;
    int running = 0;
    std::exception_ptr error;
    std::condition_variable done;
  };
  void Serve();
  void StartThreads(int wanted);  // under mutex_
  void Withdraw(Task& task);      // under mutex_

  const int threads_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task*> tasks_;
  std::vector<std::thread> threads_;
  int idle_ = 0;
  bool stopping_ = false;
};

}  // namespace grizzly::executor
