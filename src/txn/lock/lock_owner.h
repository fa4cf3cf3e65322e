// Who holds locks and waits for one: what the lock manager knows of a transaction or a session.
//
// THREADS  used by one thread at a time. Others see it only through the lock table, under the mutex of
//          a shard; what they may touch is said there.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/cancel/cancel_token.h"
#include "base/ids/ids.h"
#include "base/memory/memory_tracker.h"

namespace grizzly::txn {

class FoldedLocks;  // txn/lock/folded_locks.h
class LockManager;
struct LockSettings;
struct LockEntry;
struct LockHold;
struct LockTag;

class LockOwner {
 public:
  LockOwner(LockManager& manager, SessionId session, CancelToken& cancel,
            const LockSettings* settings);
  ~LockOwner();  // releases everything
  LockOwner(const LockOwner&) = delete;
  LockOwner& operator=(const LockOwner&) = delete;

  // Makes a pooled owner that holds nothing somebody else's. `memory` pays for the locks, if not null.
  void Rebind(SessionId session, CancelToken& cancel, const LockSettings* settings,
              MemoryTracker* memory);
  SessionId session() const { return session_; }
  TransactionId prepared() const { return prepared_; }
  size_t held_count() const { return held_.size(); }
  bool has_folded() const { return folded_ != nullptr; }
  const LockSettings* settings() const { return settings_; }

 private:
  friend class LockManager;
  friend struct LockEntry;
  friend struct LockShard;

  // One acquisition, in order; undone from the back by ReleaseAfter. Without a hold: folded locks, from the
  // one with this number on.
  struct Held {
    LockHold* hold;
    uint8_t mode;
    uint32_t first_folded = 0;
  };

  // ---- holds by tag: open addressing, linear probing ----
  LockHold* Find(const LockTag& tag, uint64_t hash) const;
  void Insert(LockHold* hold);
  void Erase(LockHold* hold);
  void Grow();
  void ForgetAll();
  LockHold* TakeHold();  // from the pool; stays ours
  void GiveBack(LockHold* hold);
  void ChargeFor(size_t held_count);
  void ChargeTo(MemoryTracker* memory);

  LockManager& manager_;
  SessionId session_;
  TransactionId prepared_;  // 0: not prepared
  CancelToken* cancel_;
  const LockSettings* settings_;
  MemoryTracker* memory_ = nullptr;
  size_t charged_locks_ = 0;
  std::unique_ptr<FoldedLocks> folded_;  // null: none
  // A savepoint was made since the last folded lock: the next one is an acquisition of its own.
  mutable bool folding_closed_ = true;

  std::vector<Held> held_;
  std::vector<LockHold*> slots_;  // size is a power of two
  size_t slots_used_ = 0;
  LockHold* free_holds_ = nullptr;
  std::vector<std::unique_ptr<LockHold[]>> hold_chunks_;
  std::condition_variable wake_;  // with the mutex of the shard it waits in
};

}  // namespace grizzly::txn
