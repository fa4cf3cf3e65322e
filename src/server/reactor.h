// The clients' sockets and the threads that wait for them: one epoll set, on which every idle thread
// sleeps itself.
//
// A socket is registered once, edge-triggered. The kernel wakes one sleeping thread per event, so a
// message costs no hand-over between threads and no registration of its own: epoll_wait (shared by up
// to kEventsMax sockets), recv, send. What a thread took beyond the first socket lies in a queue every
// thread looks at before it sleeps.
//
// A socket is waiting, running on one thread, or running and ready again; the three change in one
// atomic word that also says which user of its slot is meant. Slots are reused, never freed, because
// another thread may still hold an event of a socket that is gone.
//
// MEASURED  against boost::asio's reactor, which pays an epoll_ctl per message and a futex to hand its
//           epoll_wait to the next thread: see docs/STATUS.md.
// THREADS   everything from any thread; Run only by the thread that got the slot from Next.
// ERRORS    53000 when the kernel gives no epoll set or takes no further socket
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

namespace grizzly::server {

class ReadySource {
 public:
  // What a source waits for next. kAgain: its turn comes again without an event. kGone: never; its
  // socket is closed.
  enum class After : uint8_t { kRead, kWrite, kAgain, kGone };

  virtual ~ReadySource() = default;
  virtual After OnReady() noexcept = 0;
};

class Reactor {
 public:
  struct Slot;

  Reactor();
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Keeps `source` until its OnReady answers kGone. It may run before this returns.
  void Watch(std::shared_ptr<ReadySource> source, int socket);

  // Sleeps until a source is ready and claims it for the calling thread. Null once stopped.
  Slot* Next();
  void Run(Slot& slot);

  // Ready sources that no thread has taken yet.
  bool has_queued() const { return queued_count_.load(std::memory_order_relaxed) > 0; }
  void WakeOne();
  void Stop();

 private:
  Slot* TakeQueued();
  void Enqueue(Slot& slot);
  // Null when the event is of an earlier user of the slot, or the source runs already.
  Slot* Claim(uint64_t event);
  void SetWriteInterest(Slot& slot, bool wanted);
  void Release(Slot& slot);

  int epoll_ = -1;
  int wake_ = -1;  // an eventfd in the set
  std::atomic<bool> stopping_{false};
  std::atomic<int> queued_count_{0};
  std::mutex mutex_;
  std::deque<Slot> slots_;        // guarded by mutex_; a slot stays where it is
  std::deque<Slot*> free_slots_;  // guarded by mutex_
  std::deque<Slot*> queued_;      // guarded by mutex_
};

}  // namespace grizzly::server
