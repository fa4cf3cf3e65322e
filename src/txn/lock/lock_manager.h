// Locks on rows, relations and tags: PostgreSQL's modes and conflicts, fair queues, deadlocks found.
//
// A lock is named by a LockTag (128 bits; row keys enter by hash, so two keys may share a lock, which
// can only cost waiting). Queues are first come first served: a request waits behind an earlier
// conflicting waiter, not only behind holders; an owner that already holds the tag jumps ahead where
// waiting would deadlock it with itself.
//
// DEADLOCK after deadlock_timeout the waiter searches the waits-for graph (holders and earlier
//          waiters); if it is on a cycle it fails with 40P01, detail as PostgreSQL writes it.
// THREADS  any; a sharded table, one mutex a shard; an owner is used by one thread at a time.
// SOURCE   PostgreSQL 15 docs, tables 13.2 and 13.3
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel/cancel_token.h"
#include "base/ids/ids.h"
#include "txn/lock/lock_owner.h"  // who holds and waits: a transaction, or a session

namespace grizzly::txn {

// Weakest first.
enum class RowLockMode : uint8_t { kKeyShare, kShare, kNoKeyUpdate, kUpdate };

enum class RelationLockMode : uint8_t {
  kAccessShare = 1,
  kRowShare,
  kRowExclusive,
  kShareUpdateExclusive,
  kShare,
  kShareRowExclusive,
  kExclusive,
  kAccessExclusive,
};

enum class LockWait : uint8_t { kBlock, kNoWait, kSkipLocked };

enum class LockOutcome : uint8_t {
  kGranted,            // at once
  kGrantedAfterWait,   // somebody else had it meanwhile: re-read the row
  kNotAvailable,       // only with kNoWait and kSkipLocked; the caller decides what to say
};

// kSnapshot: shared by the transactions of a database that keep a snapshot, for others to wait for.
enum class LockKind : uint8_t { kRow, kRelation, kTransaction, kAdvisory, kName, kSnapshot };

struct LockTag {
  LockKind kind = LockKind::kRow;
  TenantId tenant;
  uint64_t a = 0;  // row: hash, low half; relation: oid; advisory: key; name: hash of the name
  uint64_t b = 0;  // row: hash, high half
  bool operator==(const LockTag&) const = default;

  static LockTag Row(TenantId tenant, std::string_view key);
  static LockTag Relation(TenantId tenant, Oid relation);
  static LockTag Advisory(TenantId tenant, uint64_t key, uint8_t space);
  static LockTag Name(TenantId tenant, std::string_view qualified_name);
  static LockTag Snapshots(TenantId tenant);
};

struct LockSettings;

struct HeldLock {
  LockTag tag;
  uint8_t mode = 0;  // the value of RowLockMode or RelationLockMode; else 0 shared, 1 exclusive
  bool granted = false;
  SessionId session;
  int64_t wait_start_us = 0;  // Unix time, 0 when granted
  TransactionId prepared;     // of a prepared transaction, which has no session; else 0
  // Set: not a request for the lock, but a wait for this session to give its own up (AwaitHolders).
  SessionId awaited;
};

// All that an owner holds, to be kept somewhere and taken again.
struct LockImage {
  struct Lock {
    LockTag tag;
    uint8_t mode = 0;  // as the lock table numbers them
  };
  std::vector<Lock> locks;
  std::vector<uint64_t> folded;  // folded_locks.h
};

inline constexpr size_t kUnfoldedLocksMax = 16'384;

class LockManager {
 public:
  // An owner with more locks than `unfolded_locks_max` has further row locks folded (folded_locks.h).
  explicit LockManager(size_t unfolded_locks_max = kUnfoldedLocksMax);
  ~LockManager();
  LockManager(const LockManager&) = delete;
  LockManager& operator=(const LockManager&) = delete;

  // `session` is what pg_locks and deadlock reports call the process.
  std::unique_ptr<LockOwner> NewOwner(SessionId session, CancelToken& cancel,
                                      const LockSettings* settings);

  // Throws 40P01, 55P03 "canceling statement due to lock timeout", or what the cancel token says.
  LockOutcome LockRow(LockOwner& owner, const LockTag& tag, RowLockMode mode, LockWait wait);
  LockOutcome LockRelation(LockOwner& owner, const LockTag& tag, RelationLockMode mode,
                           LockWait wait);
  LockOutcome LockExclusiveOrShared(LockOwner& owner, const LockTag& tag, bool exclusive,
                                    LockWait wait);
  bool Unlock(LockOwner& owner, const LockTag& tag, bool exclusive);  // session-level advisory
  // Waits until all who hold, at the call, a mode that `mode` conflicts with have given it up. Takes nothing:
  // others get the lock meanwhile. The owner's own session is not waited for. Throws as the others do.
  void AwaitRelationHolders(LockOwner& owner, const LockTag& tag, RelationLockMode mode);
  void AwaitSharers(LockOwner& owner, const LockTag& tag);
  // What was locked last is held longest: it is behind every position. Those marked before move up by one.
  void MoveLastToFront(LockOwner& owner);
  size_t MarkPosition(const LockOwner& owner);           // for savepoints
  void ReleaseAfter(LockOwner& owner, size_t position);  // locks taken since
  void ReleaseAll(LockOwner& owner);

  // ---- two-phase commit ----
  LockImage ImageOf(const LockOwner& owner) const;
  // For an owner that holds nothing, before anybody else is there.
  void Restore(LockOwner& owner, const LockImage& image);
  // The owner and its locks go on without a session.
  void LeaveSession(LockOwner& owner, TransactionId prepared, CancelToken& cancel,
                    MemoryTracker* memory);

  std::vector<HeldLock> ListAll() const;                          // pg_locks
  std::vector<SessionId> BlockingSessions(SessionId waiter) const;  // pg_blocking_pids

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace grizzly::txn
