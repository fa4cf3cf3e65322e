// Cycles in the waits-for graph: who waits, for holders and for those ahead in the queue.
#include <algorithm>

#include "txn/lock/lock_table.h"

namespace grizzly::txn {

DeadlockSearch::DeadlockSearch(LockTable& table) {
  for (LockShard& shard : table.shards) {
    for (LockEntry* bucket : shard.buckets) {
      for (LockEntry* entry = bucket; entry != nullptr; entry = entry->chain) {
        for (LockWaiter* waiter = entry->first_waiter; waiter != nullptr; waiter = waiter->next) {
          waiters_.push_back(waiter);
        }
      }
    }
  }
}

LockWaiter* DeadlockSearch::WaiterOf(const LockOwner& owner) const {
  for (LockWaiter* waiter : waiters_) {
    if (IsSameParty(*waiter->hold->owner, owner)) return waiter;
  }
  return nullptr;
}

std::vector<DeadlockSearch::Edge> DeadlockSearch::FindCycle(LockWaiter& waiter) {
  start_ = waiter.hold->owner;
  visited_.clear();
  path_.clear();
  return Visit(waiter) ? path_ : std::vector<Edge>();
}

bool DeadlockSearch::Visit(LockWaiter& waiter) {
  const LockEntry& entry = *waiter.hold->entry;
  const LockOwner& owner = *waiter.hold->owner;
  const ModeMask conflicts = ConflictsOf(entry.tag.kind, waiter.mode);
  for (LockHold* hold = entry.holds; hold != nullptr; hold = hold->next) {
    if ((hold->modes & conflicts) == 0 || IsSameParty(*hold->owner, owner)) continue;
    if (Follow({&waiter, hold->owner, nullptr})) return true;
  }
  for (LockWaiter* ahead = waiter.previous; ahead != nullptr; ahead = ahead->previous) {
    if ((conflicts & (1u << ahead->mode)) == 0 || IsSameParty(*ahead->hold->owner, owner)) continue;
    if (Follow({&waiter, ahead->hold->owner, ahead})) return true;
  }
  return false;
}

bool DeadlockSearch::Follow(const Edge& edge) {
  path_.push_back(edge);
  if (IsSameParty(*edge.blocker, *start_)) return true;
  if (std::find(visited_.begin(), visited_.end(), edge.blocker) == visited_.end()) {
    visited_.push_back(edge.blocker);
    LockWaiter* const blocked = WaiterOf(*edge.blocker);
    if (blocked != nullptr && Visit(*blocked)) return true;
  }
  path_.pop_back();
  return false;
}

bool DeadlockSearch::ResolveByReordering(const std::vector<Edge>& cycle, LockWaiter& waiter) {
  for (const Edge& edge : cycle) {
    if (edge.ahead == nullptr) continue;
    LockEntry& entry = *edge.waiter->hold->entry;
    LockWaiter* const place_before = edge.waiter->next;
    entry.Dequeue(*edge.waiter);
    entry.Enqueue(*edge.waiter, edge.ahead);
    bool resolved = FindCycle(waiter).empty();
    for (LockWaiter* other = entry.first_waiter; other != nullptr && resolved; other = other->next) {
      resolved = FindCycle(*other).empty();
    }
    if (resolved) {
      entry.WakeWaiters();
      return true;
    }
    entry.Dequeue(*edge.waiter);
    entry.Enqueue(*edge.waiter, place_before);
  }
  return false;
}

}  // namespace grizzly::txn
