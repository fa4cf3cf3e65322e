// Cycles in the waits-for graph: who waits, for holders and for those ahead in the queue.
#include <algorithm>

#include "txn/lock/lock_table.h"

namespace grizzly::txn {

DeadlockSearch::DeadlockSearch(LockTable& table) : table_(table) {
  for (LockShard& shard : table.shards) {
    for (LockEntry* bucket : shard.buckets) {
      for (LockEntry* entry = bucket; entry != nullptr; entry = entry->chain) {
        for (LockWaiter* waiter = entry->first_waiter; waiter != nullptr; waiter = waiter->next) {
          waiters_.try_emplace(PartyOf(*waiter->hold->owner), waiter);
        }
      }
    }
    for (LockWaiter* watcher : shard.watchers) {
      waiters_.try_emplace(PartyOf(*watcher->hold->owner), watcher);
    }
  }
}

std::vector<DeadlockSearch::Edge> DeadlockSearch::FindCycle(LockWaiter& waiter) {
  start_ = waiter.hold->owner;
  ++table_.last_walk;
  path_.clear();
  return Visit(waiter) ? path_ : std::vector<Edge>();
}

bool DeadlockSearch::Visit(LockWaiter& waiter) {
  if (waiter.awaited != nullptr) {
    return std::any_of(waiter.awaited->begin(), waiter.awaited->end(), [&](const LockHold* hold) {
      return Follow({&waiter, hold->owner, nullptr});
    });
  }
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
  if (IsSameParty(*edge.blocker, *start_)) {
    path_.push_back(edge);
    return true;
  }
  // Whoever waits in a queue waits for all ahead: most of them were seen on the way to the first.
  if (edge.ahead != nullptr && edge.ahead->seen_by_walk == table_.last_walk) return false;
  const auto found = waiters_.find(PartyOf(*edge.blocker));
  if (found == waiters_.end() || found->second->seen_by_walk == table_.last_walk) return false;
  found->second->seen_by_walk = table_.last_walk;
  path_.push_back(edge);
  if (Visit(*found->second)) return true;
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
