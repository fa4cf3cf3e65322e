// "I am about to block": lets the thread pool put another thread on the io_context meanwhile.
//
// A statement runs on the thread that read its message. Around anything that sleeps (a row-lock
// wait, the fsync of a commit, a slow client) or computes for more than a few milliseconds it holds
// a BlockingSection; the pool compensates with another thread and takes it away afterwards. Nested
// sections count once. On a thread that belongs to no pool it does nothing.
//
// SOURCE  leader/follower with compensation: Tokio block_in_place, ForkJoinPool ManagedBlocker
#pragma once

namespace grizzly {

// Implemented by the server's thread pool, installed per thread.
class BlockingObserver {
 public:
  virtual ~BlockingObserver() = default;
  virtual void OnBlock() noexcept = 0;    // this thread stops serving the pool
  virtual void OnUnblock() noexcept = 0;  // this thread is back
};

class BlockingSection {
 public:
  BlockingSection() noexcept;
  ~BlockingSection();
  BlockingSection(const BlockingSection&) = delete;
  BlockingSection& operator=(const BlockingSection&) = delete;

  // The pool calls this at the start of each of its threads; null takes it away.
  static void InstallForThisThread(BlockingObserver* observer) noexcept;
  static bool IsBlockedForTest() noexcept;
};

}  // namespace grizzly
