// The lock table: entries in sharded hash chains, who holds them, who waits. Internal to txn/lock.
//
// GUARDED  everything in a LockEntry, and the fields of holds and waiters marked so, by the mutex of
//          the entry's shard. Whoever wants several shards takes them in order of their index.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "txn/lock/lock_manager.h"
#include "txn/lock/lock_modes.h"
#include "txn/lock/lock_owner.h"

namespace grizzly::txn {

inline constexpr size_t kLockShards = 64;

struct LockEntry;

// One owner's modes on one entry. Its memory belongs to the owner.
struct LockHold {
  LockEntry* entry = nullptr;
  LockOwner* owner = nullptr;
  LockHold* previous = nullptr;  // in the entry's list; guarded
  LockHold* next = nullptr;      // guarded; chain of the owner's pool while free
  uint64_t hash = 0;
  ModeMask modes = 0;            // guarded for other owners
  uint32_t counts[2] = {0, 0};   // acquisitions per mode; shared-or-exclusive locks only
};

// A request in a queue, or a wait for holders to go; lives on the stack of the thread that waits.
struct LockWaiter {
  LockHold* hold = nullptr;  // the owner's, on the entry; may hold nothing yet
  LockWaiter* previous = nullptr;
  LockWaiter* next = nullptr;
  uint8_t mode = 0;
  bool granted = false;
  int64_t wait_start_us = 0;
  uint64_t seen_by_walk = 0;  // of a deadlock search; guarded by every shard
  // Not null: it is in no queue, but among its shard's watchers until all of these are gone.
  std::vector<LockHold*>* awaited = nullptr;
};

struct LockEntry {
  LockTag tag;
  uint64_t hash = 0;
  LockEntry* chain = nullptr;  // in its bucket, or in the free list
  LockHold* holds = nullptr;   // those with modes
  LockWaiter* first_waiter = nullptr;
  LockWaiter* last_waiter = nullptr;
  std::array<uint32_t, 8> granted_counts{};  // owners per mode
  ModeMask granted = 0;                      // modes with a count

  // Modes that owners other than that of `hold` have.
  ModeMask GrantedToOthers(const LockHold& hold) const {
    ModeMask others = granted;
    for (ModeMask own = hold.modes; own != 0; own &= own - 1) {
      const int mode = std::countr_zero(own);
      if (granted_counts[mode] == 1) others &= static_cast<ModeMask>(~(1u << mode));
    }
    return others;
  }
  bool ConflictsWithHolders(const LockHold& hold, uint8_t mode) const {
    const ModeMask conflicts = ConflictsOf(tag.kind, mode) & GrantedToOthers(hold);
    const bool may_be_own = tag.kind == LockKind::kAdvisory || hold.owner->has_folded();
    return conflicts != 0 && (!may_be_own || AnotherPartyHolds(conflicts, *hold.owner));
  }
  // What the owner of `hold` has here: by that hold, and by one for a folded lock.
  ModeMask ModesOfOwner(const LockHold& hold) const;
  void Grant(LockHold& hold, uint8_t mode);
  void Ungrant(LockHold& hold, uint8_t mode);
  void Enqueue(LockWaiter& waiter, LockWaiter* before);  // null: at the end
  void Dequeue(LockWaiter& waiter);
  // Grants, first come first served, what has become possible.
  void WakeWaiters();
  // Advisory locks of one session never conflict, though session and transaction own them apart.
  bool AnotherPartyHolds(ModeMask modes, const LockOwner& owner) const;
  bool is_unused() const { return holds == nullptr && first_waiter == nullptr; }
};

struct alignas(64) LockShard {
  std::mutex mutex;
  std::vector<LockEntry*> buckets;  // a power of two
  size_t entry_count = 0;
  LockEntry* free_entries = nullptr;
  std::vector<std::unique_ptr<LockEntry[]>> chunks;
  std::vector<LockWaiter*> watchers;  // usually none

  LockEntry* Find(const LockTag& tag, uint64_t hash) const;
  LockEntry& FindOrMake(const LockTag& tag, uint64_t hash);
  void FreeIfUnused(LockEntry& entry);
  // The hold has lost a mode.
  void TellWatchers(LockHold& hold);

 private:
  void GrowBuckets();
  void AddChunk();
};

struct LockTable {
  std::array<LockShard, kLockShards> shards;
  uint64_t last_walk = 0;  // of deadlock searches, each one a number; guarded by every shard

  LockShard& ShardOf(uint64_t hash) { return shards[hash >> 58]; }
  static uint64_t HashOf(const LockTag& tag);
};

// Two owners of one session: its transaction and the session itself.
inline bool IsSameParty(const LockOwner& a, const LockOwner& b) {
  return &a == &b || (a.session().value != 0 && a.session() == b.session());
}

// Does a waiter wait in `waiter`, wait for itself through others? Every shard is locked. If a
// queue can be reordered so that nobody does, that is done and the answer is no.
class DeadlockSearch {
 public:
  explicit DeadlockSearch(LockTable& table);

  struct Edge {
    LockWaiter* waiter;   // who waits
    LockOwner* blocker;   // for whom
    LockWaiter* ahead;    // the blocker's place in the same queue; null when it holds the lock
  };
  // The edges of a cycle through the waiter, starting with its own; empty when there is none.
  std::vector<Edge> FindCycle(LockWaiter& waiter);
  // Breaks the cycle by letting a waiter pass one ahead of it in its queue, if no other cycle comes of
  // that; then grants what has become possible.
  bool ResolveByReordering(const std::vector<Edge>& cycle, LockWaiter& waiter);

 private:
  // As IsSameParty: the session, or the owner where it has none.
  using Party = std::pair<uint64_t, const LockOwner*>;
  struct PartyHash {
    size_t operator()(const Party& party) const {
      return std::hash<uint64_t>()(party.first) ^ std::hash<const void*>()(party.second);
    }
  };
  static Party PartyOf(const LockOwner& owner) {
    return {owner.session().value, owner.session().value == 0 ? &owner : nullptr};
  }
  bool Visit(LockWaiter& waiter);
  bool Follow(const Edge& edge);

  LockTable& table_;
  std::unordered_map<Party, LockWaiter*, PartyHash> waiters_;  // of every entry
  const LockOwner* start_ = nullptr;
  std::vector<Edge> path_;
};

}  // namespace grizzly::txn
