#include "txn/lock/lock_table.h"

namespace grizzly::txn {
namespace {

constexpr size_t kEntriesPerChunk = 64;
constexpr size_t kFirstBuckets = 64;

}  // namespace

// ---- LockEntry ----

void LockEntry::Grant(LockHold& hold, uint8_t mode) {
  if (hold.modes == 0) {
    hold.previous = nullptr;
    hold.next = holds;
    if (holds != nullptr) holds->previous = &hold;
    holds = &hold;
  }
  hold.modes |= static_cast<ModeMask>(1u << mode);
  ++granted_counts[mode];
  granted |= static_cast<ModeMask>(1u << mode);
}

void LockEntry::Ungrant(LockHold& hold, uint8_t mode) {
  hold.modes &= static_cast<ModeMask>(~(1u << mode));
  if (--granted_counts[mode] == 0) granted &= static_cast<ModeMask>(~(1u << mode));
  if (hold.modes != 0) return;
  (hold.previous != nullptr ? hold.previous->next : holds) = hold.next;
  if (hold.next != nullptr) hold.next->previous = hold.previous;
}

void LockEntry::Enqueue(LockWaiter& waiter, LockWaiter* before) {
  waiter.next = before;
  waiter.previous = before != nullptr ? before->previous : last_waiter;
  (waiter.previous != nullptr ? waiter.previous->next : first_waiter) = &waiter;
  (before != nullptr ? before->previous : last_waiter) = &waiter;
}

void LockEntry::Dequeue(LockWaiter& waiter) {
  (waiter.previous != nullptr ? waiter.previous->next : first_waiter) = waiter.next;
  (waiter.next != nullptr ? waiter.next->previous : last_waiter) = waiter.previous;
}

void LockEntry::WakeWaiters() {
  ModeMask ahead = 0;  // modes of those who go on waiting
  for (LockWaiter* waiter = first_waiter; waiter != nullptr;) {
    LockWaiter* const next_waiter = waiter->next;
    if ((ConflictsOf(tag.kind, waiter->mode) & ahead) != 0 ||
        ConflictsWithHolders(*waiter->hold, waiter->mode)) {
      ahead |= static_cast<ModeMask>(1u << waiter->mode);
    } else {
      Dequeue(*waiter);
      Grant(*waiter->hold, waiter->mode);
      waiter->granted = true;
      waiter->hold->owner->wake_.notify_one();
    }
    waiter = next_waiter;
  }
}

bool LockEntry::AnotherPartyHolds(ModeMask modes, const LockOwner& owner) const {
  for (const LockHold* hold = holds; hold != nullptr; hold = hold->next) {
    if ((hold->modes & modes) != 0 && !IsSameParty(*hold->owner, owner)) return true;
  }
  return false;
}

ModeMask LockEntry::ModesOfOwner(const LockHold& hold) const {
  ModeMask modes = hold.modes;
  if (!hold.owner->has_folded()) return modes;
  for (const LockHold* other = holds; other != nullptr; other = other->next) {
    if (other->owner == hold.owner) modes |= other->modes;
  }
  return modes;
}

// ---- LockShard ----

LockEntry* LockShard::Find(const LockTag& tag, uint64_t hash) const {
  if (buckets.empty()) return nullptr;
  LockEntry* entry = buckets[hash & (buckets.size() - 1)];
  while (entry != nullptr && !(entry->hash == hash && entry->tag == tag)) entry = entry->chain;
  return entry;
}

LockEntry& LockShard::FindOrMake(const LockTag& tag, uint64_t hash) {
  if (LockEntry* found = Find(tag, hash)) return *found;
  if (entry_count >= buckets.size()) GrowBuckets();
  if (free_entries == nullptr) AddChunk();
  LockEntry& entry = *free_entries;
  free_entries = entry.chain;
  ++entry_count;
  entry.tag = tag;
  entry.hash = hash;
  LockEntry*& bucket = buckets[hash & (buckets.size() - 1)];
  entry.chain = bucket;
  bucket = &entry;
  return entry;
}

void LockShard::FreeIfUnused(LockEntry& entry) {
  if (!entry.is_unused()) return;
  LockEntry** place = &buckets[entry.hash & (buckets.size() - 1)];
  while (*place != &entry) place = &(*place)->chain;
  *place = entry.chain;
  entry.chain = free_entries;
  free_entries = &entry;
  --entry_count;
}

void LockShard::TellWatchers(LockHold& hold) {
  for (size_t i = watchers.size(); i-- > 0;) {
    LockWaiter& watcher = *watchers[i];
    if ((hold.modes & ConflictsOf(hold.entry->tag.kind, watcher.mode)) != 0) continue;
    if (std::erase(*watcher.awaited, &hold) == 0 || !watcher.awaited->empty()) continue;
    watchers.erase(watchers.begin() + static_cast<ptrdiff_t>(i));
    watcher.granted = true;
    watcher.hold->owner->wake_.notify_one();
  }
}

void LockShard::GrowBuckets() {
  std::vector<LockEntry*> old = std::move(buckets);
  buckets.assign(std::max(kFirstBuckets, old.size() * 2), nullptr);
  for (LockEntry* entry : old) {
    while (entry != nullptr) {
      LockEntry* const next = entry->chain;
      LockEntry*& bucket = buckets[entry->hash & (buckets.size() - 1)];
      entry->chain = bucket;
      bucket = entry;
      entry = next;
    }
  }
}

void LockShard::AddChunk() {
  chunks.push_back(std::make_unique<LockEntry[]>(kEntriesPerChunk));
  for (size_t i = 0; i < kEntriesPerChunk; ++i) {
    chunks.back()[i].chain = free_entries;
    free_entries = &chunks.back()[i];
  }
}

// ---- LockTable ----

uint64_t LockTable::HashOf(const LockTag& tag) {
  // Two multiplications mix small numbers (oids) well enough; row tags are hashes already.
  const uint64_t kind = static_cast<uint64_t>(tag.kind) << 32 | tag.tenant.value;
  uint64_t hash = (tag.a ^ (tag.b * 0x9E3779B97F4A7C15u) ^ kind) * 0xD6E8FEB86659FD93u;
  hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93u;
  return hash ^ (hash >> 29);
}

}  // namespace grizzly::txn
