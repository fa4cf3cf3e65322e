#include "server/thread_pool.h"

#include "base/error/sql_error.h"
#include "base/log/log.h"

namespace grizzly::server {
namespace {

constexpr int kQuietTicksMax = 100;  // a second without a shortage sends the watcher to sleep
constexpr uint64_t kOneServing = 1ull << 32;

thread_local bool this_thread_is_busy = false;

}  // namespace

ThreadPool::ThreadPool(Reactor& reactor, const ThreadPoolOptions& options)
    : reactor_(reactor), options_(options) {}

ThreadPool::~ThreadPool() { Join(); }

void ThreadPool::Start() {
  std::lock_guard lock(mutex_);
  for (int i = 0; i < options_.serving_target; ++i) {
    if (!StartThread()) {
      throw SqlError(SqlState::kInsufficientResources, "could not start a server thread");
    }
    Change(1, 0);
  }
  watcher_ = std::thread([this] { Watch(); });
}

void ThreadPool::Join() {
  std::vector<pthread_t> threads;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  watcher_wake_.notify_all();
  if (watcher_.joinable()) watcher_.join();
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
}

int ThreadPool::serving_count() const {
  return static_cast<int>(counts_.load(std::memory_order_relaxed) >> 32);
}

ThreadPool::Counts ThreadPool::Change(int serving, int busy) {
  const uint64_t delta = static_cast<uint64_t>(static_cast<int64_t>(serving)) * kOneServing +
                         static_cast<uint64_t>(static_cast<int64_t>(busy));
  const uint64_t now = counts_.fetch_add(delta, std::memory_order_acq_rel) + delta;
  return {static_cast<int32_t>(now >> 32), static_cast<int32_t>(now & 0xFFFFFFFF)};
}

void ThreadPool::OnBusy() {
  this_thread_is_busy = true;
  if (reactor_.has_queued()) WakeWatcher();  // in case this statement takes long
  AddServingIfShort(Change(0, 1));
}

void ThreadPool::OnIdle() {
  this_thread_is_busy = false;
  finished_handlers_.store(finished_handlers_.load(std::memory_order_relaxed) + 1,
                           std::memory_order_relaxed);  // that it moves is enough
  Change(0, -1);
}

void ThreadPool::OnBlock() noexcept {
  blocked_.fetch_add(1, std::memory_order_relaxed);
  if (reactor_.has_queued()) reactor_.WakeOne();
  AddServingIfShort(Change(-1, this_thread_is_busy ? -1 : 0));
}

void ThreadPool::OnUnblock() noexcept {
  blocked_.fetch_sub(1, std::memory_order_relaxed);
  Change(1, this_thread_is_busy ? 1 : 0);
}

void ThreadPool::AddServingIfShort(Counts counts) {
  if (counts.busy < counts.serving) [[likely]] return;
  WakeWatcher();
  if (counts.serving >= ServingAllowed()) return;
  std::lock_guard lock(mutex_);
  if (serving_count() < ServingAllowed()) AddServing();
}

void ThreadPool::WakeWatcher() {
  if (was_short_.load(std::memory_order_relaxed)) return;
  was_short_.store(true, std::memory_order_relaxed);
  std::lock_guard lock(mutex_);
  if (watcher_sleeps_) watcher_wake_.notify_one();
}

void ThreadPool::AddServing() {
  if (stopping_) return;
  if (parked_ > wake_tickets_) {
    ++wake_tickets_;
    Change(1, 0);
    wake_.notify_one();
  } else if (thread_count() < options_.threads_max && StartThread()) {
    Change(1, 0);
  }
}

bool ThreadPool::StartThread() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, options_.stack_bytes);
  pthread_t thread;
  const int failed = pthread_create(&thread, &attributes, &ThreadPool::ThreadMain, this);
  pthread_attr_destroy(&attributes);
  if (failed != 0) {
    log::Write(Severity::kLog, fmt::format("could not start a server thread: {}", strerror(failed)));
    return false;
  }
  threads_.push_back(thread);
  thread_count_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void* ThreadPool::ThreadMain(void* pool) {
  static_cast<ThreadPool*>(pool)->Serve();
  return nullptr;
}

void ThreadPool::Serve() {
  BlockingSection::InstallForThisThread(this);
  while (Reactor::Slot* slot = reactor_.Next()) {
    OnBusy();
    reactor_.Run(*slot);
    OnIdle();
    if (!ParkIfTooMany()) break;
  }
  BlockingSection::InstallForThisThread(nullptr);
}

bool ThreadPool::ParkIfTooMany() {
  const int allowed = ServingAllowed() + options_.idle_spare;
  if (serving_count() <= allowed) [[likely]] return true;
  std::unique_lock lock(mutex_);
  if (serving_count() <= allowed) return true;
  Change(-1, 0);
  ++parked_;
  wake_.wait(lock, [this] { return wake_tickets_ > 0 || stopping_; });
  --parked_;
  if (wake_tickets_ > 0) {
    --wake_tickets_;
    return true;
  }
  return !stopping_;
}

void ThreadPool::Watch() {
  uint64_t finished_before = 0;
  int quiet_ticks = 0;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (quiet_ticks > kQuietTicksMax && extra_serving_.load() == 0) {
      was_short_.store(false, std::memory_order_relaxed);
      watcher_sleeps_ = true;
      watcher_wake_.wait(lock, [this] { return stopping_ || was_short_.load(); });
      watcher_sleeps_ = false;
      quiet_ticks = 0;
    }
    watcher_wake_.wait_for(lock, std::chrono::milliseconds(kStuckMs), [this] { return stopping_; });
    const Counts counts = Change(0, 0);
    const uint64_t finished = finished_handlers_.load(std::memory_order_relaxed);
    const bool all_busy = counts.busy >= counts.serving;
    quiet_ticks = all_busy ? 0 : quiet_ticks + 1;
    if (reactor_.has_queued() && finished == finished_before) reactor_.WakeOne();
    if (all_busy && finished == finished_before && !stopping_) {
      extra_serving_.fetch_add(1, std::memory_order_relaxed);
      AddServing();
    } else if (!all_busy && extra_serving_.load(std::memory_order_relaxed) > 0) {
      extra_serving_.fetch_sub(1, std::memory_order_relaxed);
    }
    finished_before = finished;
  }
}

}  // namespace grizzly::server
