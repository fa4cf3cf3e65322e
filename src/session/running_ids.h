// Which transactions that have a number are running: what pg_current_snapshot() says.
//
// A transaction has a number from the first time that somebody asks for it. Most never have one, so looking costs
// two loads while nobody has.
// INVARIANT  a look that comes before a store snapshot never takes a transaction for ended whose writes the snapshot
//            does not have: numbers end after the writes are in view.
// THREADS    any.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "txn/transaction.h"

namespace grizzly::session {

// Numbers from `next` on, one above the highest that had ended, and those in `running` (ascending, all below it),
// are of transactions that had not ended; all others had.
struct VisibleIds {
  uint64_t next = 0;
  std::vector<uint64_t> running;
};

enum class TransactionOutcome : uint8_t { kRunning, kCommitted, kAborted, kForgotten };

class RunningIds {
 public:
  // What was given out up to `now` belongs to the past.
  explicit RunningIds(CommitTimestamp now) : last_ended_(now.value) {}

  // The transaction's number, which it is given now if it has none.
  TransactionId IdOf(txn::Transaction& transaction, SessionId session);
  // Of one that runs without a session: a prepared transaction.
  void Add(TransactionId id);
  void End(TransactionId id, bool committed);
  // What became of a number; the latest kOutcomesMax that ended are remembered, none of before the start.
  TransactionOutcome OutcomeOf(TransactionId id) const;
  void Look(VisibleIds* ids) const;
  // Every number that runs and its session; 0: none.
  std::vector<std::pair<uint64_t, SessionId>> List() const;

 private:
  std::atomic<uint64_t> last_ended_;  // changed under mutex_
  std::atomic<uint32_t> count_{0};    // of ids_; changed under mutex_
  mutable std::mutex mutex_;
  std::map<uint64_t, SessionId> ids_;  // guarded by mutex_
  static constexpr size_t kOutcomesMax = 65'536;
  std::map<uint64_t, bool> committed_;  // of the latest that ended; guarded by mutex_
};

}  // namespace grizzly::session
