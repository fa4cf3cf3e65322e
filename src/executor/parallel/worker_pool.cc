#include "executor/parallel/worker_pool.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "base/blocking/blocking_section.h"

namespace grizzly::executor {
namespace {

// A third of the weight of threads that serve clients: short statements are not to wait for helpers of long ones.
constexpr int kHelperNice = 5;

// Of this thread alone, as Linux has it; where it fails, all are alike.
void GiveWay() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kHelperNice);
}

}  // namespace

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

int WorkerPool::Run(int count, const std::function<void(int)>& work) {
  Task task;
  task.work = &work;
  task.count = count;
  {
    const std::lock_guard lock(mutex_);
    if (count > 1 && !stopping_) {
      tasks_.push_back(&task);
      StartThreads(count - 1);
    }
  }
  wake_.notify_all();
  try {
    work(0);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    task.error = std::current_exception();
  }
  std::unique_lock lock(mutex_);
  Withdraw(task);
  if (task.running > 0) {
    lock.unlock();
    const BlockingSection waiting;
    lock.lock();
    task.done.wait(lock, [&] { return task.running == 0; });
  }
  if (task.error != nullptr) std::rethrow_exception(task.error);
  return task.next;
}

void WorkerPool::Withdraw(Task& task) {
  const auto found = std::find(tasks_.begin(), tasks_.end(), &task);
  if (found != tasks_.end()) tasks_.erase(found);
}

void WorkerPool::StartThreads(int wanted) {
  int missing = wanted - idle_;
  while (missing-- > 0 && static_cast<int>(threads_.size()) < threads_max_) {
    try {
      threads_.emplace_back([this] { Serve(); });
    } catch (const std::system_error&) {
      return;  // no thread to be had: those there are will do
    }
  }
}

void WorkerPool::Serve() {
  GiveWay();
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    wake_.wait(lock, [&] { return stopping_ || !tasks_.empty(); });
    --idle_;
    if (stopping_) return;
    Task& task = *tasks_.front();
    const int index = task.next++;
    if (task.next >= task.count) tasks_.pop_front();
    ++task.running;
    lock.unlock();
    std::exception_ptr error;
    try {
      (*task.work)(index);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error != nullptr && task.error == nullptr) task.error = error;
    if (--task.running == 0) task.done.notify_all();
  }
}

}  // namespace grizzly::executor
