#include "txn/lock/lock_owner.h"

#include "base/error/check.h"
#include "txn/lock/folded_locks.h"
#include "txn/lock/lock_table.h"

namespace grizzly::txn {
namespace {

constexpr size_t kFirstSlots = 32;
constexpr size_t kSlotsKept = 4096;     // a bigger table is given back at the end of a transaction
constexpr size_t kHoldsPerChunk = 32;
constexpr size_t kLocksPerCharge = 256;
// A hold, its entry, its slot and its place in the list.
constexpr int64_t kBytesPerLock =
    sizeof(LockHold) + sizeof(LockEntry) + 2 * sizeof(void*) + 2 * sizeof(void*);

}  // namespace

LockOwner::LockOwner(LockManager& manager, SessionId session, CancelToken& cancel,
                     const LockSettings* settings)
    : manager_(manager), session_(session), cancel_(&cancel), settings_(settings) {
  slots_.assign(kFirstSlots, nullptr);
}

LockOwner::~LockOwner() { manager_.ReleaseAll(*this); }

void LockOwner::Rebind(SessionId session, CancelToken& cancel, const LockSettings* settings,
                       MemoryTracker* memory) {
  GRIZZLY_CHECK(held_.empty());
  session_ = session;
  prepared_ = TransactionId();
  cancel_ = &cancel;
  settings_ = settings;
  memory_ = memory;
}

void LockOwner::ChargeTo(MemoryTracker* memory) {
  const int64_t bytes = static_cast<int64_t>(charged_locks_) * kBytesPerLock;
  if (memory != nullptr) memory->Reserve(bytes);
  if (memory_ != nullptr) {
    memory_->Release(bytes);
  } else if (memory != nullptr) {
    memory->Release(bytes);  // nobody was charged so far
    charged_locks_ = 0;
  }
  memory_ = memory;
}

LockHold* LockOwner::Find(const LockTag& tag, uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    LockHold* const hold = slots_[slot];
    if (hold == nullptr) return nullptr;
    if (hold->hash == hash && hold->entry->tag == tag) return hold;
  }
}

void LockOwner::Insert(LockHold* hold) {
  if (2 * (slots_used_ + 1) > slots_.size()) Grow();
  const size_t mask = slots_.size() - 1;
  size_t slot = hold->hash & mask;
  while (slots_[slot] != nullptr) slot = (slot + 1) & mask;
  slots_[slot] = hold;
  ++slots_used_;
}

void LockOwner::Erase(LockHold* hold) {
  const size_t mask = slots_.size() - 1;
  size_t hole = hold->hash & mask;
  while (slots_[hole] != hold) hole = (hole + 1) & mask;
  // Moves back what probing would no longer find past the hole.
  for (size_t slot = (hole + 1) & mask; slots_[slot] != nullptr; slot = (slot + 1) & mask) {
    const size_t home = slots_[slot]->hash & mask;
    if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
    slots_[hole] = slots_[slot];
    hole = slot;
  }
  slots_[hole] = nullptr;
  --slots_used_;
}

void LockOwner::Grow() {
  std::vector<LockHold*> old = std::move(slots_);
  slots_.assign(old.size() * 2, nullptr);
  slots_used_ = 0;
  for (LockHold* hold : old) {
    if (hold != nullptr) Insert(hold);
  }
}

void LockOwner::ForgetAll() {
  GRIZZLY_CHECK(held_.empty() && slots_used_ == 0);
  if (slots_.size() > kSlotsKept) {
    slots_.assign(kFirstSlots, nullptr);
    slots_.shrink_to_fit();
    held_.shrink_to_fit();
    hold_chunks_.clear();
    free_holds_ = nullptr;
  }
  if (memory_ != nullptr && charged_locks_ > 0) {
    memory_->Release(static_cast<int64_t>(charged_locks_) * kBytesPerLock);
  }
  charged_locks_ = 0;
  memory_ = nullptr;
}

LockHold* LockOwner::TakeHold() {
  if (free_holds_ == nullptr) {
    hold_chunks_.push_back(std::make_unique<LockHold[]>(kHoldsPerChunk));
    for (size_t i = 0; i < kHoldsPerChunk; ++i) GiveBack(&hold_chunks_.back()[i]);
  }
  LockHold* const hold = free_holds_;
  free_holds_ = hold->next;
  *hold = LockHold();
  hold->owner = this;
  return hold;
}

void LockOwner::GiveBack(LockHold* hold) {
  hold->next = free_holds_;
  free_holds_ = hold;
}

void LockOwner::ChargeFor(size_t held_count) {
  if (memory_ == nullptr || held_count <= charged_locks_) return;
  // The first few come with the session.
  if (charged_locks_ == 0 && held_count <= kFirstSlots) return;
  memory_->Reserve(kLocksPerCharge * kBytesPerLock);
  charged_locks_ += kLocksPerCharge;
}

}  // namespace grizzly::txn
