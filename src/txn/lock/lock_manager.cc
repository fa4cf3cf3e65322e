#include "txn/lock/lock_manager.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <shared_mutex>

#include <fmt/format.h>

#include "base/blocking/blocking_section.h"
#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "storage/key/key_hash.h"
#include "txn/lock/folded_locks.h"
#include "txn/lock/lock_settings.h"
#include "txn/lock/lock_table.h"

namespace grizzly::txn {
namespace {

using Clock = std::chrono::steady_clock;

int64_t UnixMicroseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Whether an owner with `held` modes needs no more for `mode`.
bool Covers(LockKind kind, ModeMask held, uint8_t mode) {
  // Row modes are a chain: each one implies those before it.
  return ClassOf(kind) == LockClass::kRow ? (held >> mode) != 0 : ((held >> mode) & 1) != 0;
}

// The mode as HeldLock shows it.
uint8_t ShownMode(LockKind kind, uint8_t mode) {
  return kind == LockKind::kRelation ? static_cast<uint8_t>(mode + 1) : mode;
}

std::string Describe(const LockTag& tag) {
  switch (tag.kind) {
    case LockKind::kRow:
      return fmt::format("row {:016x}{:016x} of database {}", tag.b, tag.a, tag.tenant.value);
    case LockKind::kRelation:
      return fmt::format("relation {} of database {}", tag.a, tag.tenant.value);
    case LockKind::kTransaction: return fmt::format("transaction {}", tag.a);
    case LockKind::kAdvisory:
      return fmt::format("advisory lock [{},{},{},{}]", tag.tenant.value, tag.a >> 32,
                         tag.a & UINT32_MAX, tag.b);
    case LockKind::kName:
      return fmt::format("object {:016x} of database {}", tag.a, tag.tenant.value);
    case LockKind::kSnapshot: return fmt::format("snapshots of database {}", tag.tenant.value);
  }
  return "object";
}

std::string EdgeLine(SessionId waiter, LockKind kind, uint8_t mode, const LockTag& tag,
                     SessionId blocker) {
  return fmt::format("Process {} waits for {} on {}; blocked by process {}.", waiter.value,
                     LockModeName(kind, mode), Describe(tag), blocker.value);
}

SqlError DeadlockError(std::string detail) {
  return SqlError(SqlState::kTRDeadlockDetected, "deadlock detected")
      .Detail(std::move(detail))
      .Hint("See server log for query details.");
}

}  // namespace

std::string_view LockModeName(LockKind kind, uint8_t mode) {
  static constexpr std::string_view kRelationNames[] = {
      "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
      "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};
  static constexpr std::string_view kRowNames[] = {"AccessShareLock", "RowShareLock",
                                                   "ExclusiveLock", "AccessExclusiveLock"};
  switch (ClassOf(kind)) {
    case LockClass::kRow: return kRowNames[mode];
    case LockClass::kRelation: return kRelationNames[mode];
    case LockClass::kSharedOrExclusive: break;
  }
  return mode == kSharedMode ? "ShareLock" : "ExclusiveLock";
}

// ---- tags ----

LockTag LockTag::Row(TenantId tenant, std::string_view key) {
  const storage::KeyHash hash = storage::HashKey(key);
  return {LockKind::kRow, tenant, hash.low, hash.high};
}
LockTag LockTag::Relation(TenantId tenant, Oid relation) {
  return {LockKind::kRelation, tenant, relation, 0};
}
LockTag LockTag::Advisory(TenantId tenant, uint64_t key, uint8_t space) {
  return {LockKind::kAdvisory, tenant, key, space};
}
LockTag LockTag::Name(TenantId tenant, std::string_view qualified_name) {
  const storage::KeyHash hash = storage::HashKey(qualified_name);
  return {LockKind::kName, tenant, hash.low, hash.high};
}
LockTag LockTag::Snapshots(TenantId tenant) { return {LockKind::kSnapshot, tenant, 0, 0}; }

// ---- acquiring ----

struct LockManager::State {
  LockOutcome Lock(LockOwner& owner, const LockTag& tag, uint8_t mode, LockWait wait);
  void AwaitHolders(LockOwner& owner, const LockTag& tag, uint8_t mode);
  void ReleaseLast(LockOwner& owner);
  void ReleaseMode(LockOwner& owner, LockHold& hold, uint8_t mode);

  // Both with the shard locked.
  // Where a request goes in the queue: before this waiter, at the end if null. Throws 40P01 when it
  // would wait for a waiter that waits for it.
  static LockWaiter* PlaceInQueue(const LockEntry& entry, const LockHold& hold, uint8_t mode,
                                  bool* must_wait);
  void DropUnusedHold(LockShard& shard, LockHold& hold);

  // ---- folded locks; the first two with the shard locked ----
  // Gives others who have this lock folded a hold that can be seen and waited for.
  void ShowFolded(LockShard& shard, const LockTag& tag, uint64_t hash, const LockOwner& requester);
  void Fold(LockOwner& owner, uint64_t hash, uint8_t mode);
  void Unfold(LockOwner& owner, size_t count);

  // Returns when granted, throws otherwise, the waiter out of its queue either way.
  void Wait(LockOwner& owner, LockShard& shard, LockWaiter& waiter);
  void Abandon(LockShard& shard, LockWaiter& waiter);
  // Locks every shard. On a deadlock the waiter has left its queue.
  std::optional<SqlError> CheckDeadlock(LockShard& shard, LockWaiter& waiter);

  template <typename Visitor>
  void ForEachEntry(Visitor visit) {
    for (LockShard& shard : table.shards) {
      std::lock_guard lock(shard.mutex);
      for (LockEntry* bucket : shard.buckets) {
        for (LockEntry* entry = bucket; entry != nullptr; entry = entry->chain) visit(*entry);
      }
    }
  }

  template <typename Visitor>
  void ForEachWatcher(Visitor visit) {
    for (LockShard& shard : table.shards) {
      std::lock_guard lock(shard.mutex);
      for (const LockWaiter* watcher : shard.watchers) visit(*watcher);
    }
  }

  explicit State(size_t unfolded_max) : unfolded_locks_max(unfolded_max) {}

  const size_t unfolded_locks_max;
  LockTable table;
  // Taken after a shard's mutex, never before one.
  std::shared_mutex folding_mutex;
  std::vector<LockOwner*> folding;  // owners with folded locks; guarded by folding_mutex
  std::atomic<size_t> folding_count{0};
};

LockWaiter* LockManager::State::PlaceInQueue(const LockEntry& entry, const LockHold& hold,
                                             uint8_t mode, bool* must_wait) {
  const ModeMask conflicts = ConflictsOf(entry.tag.kind, mode);
  ModeMask ahead = 0;
  LockWaiter* before = nullptr;
  const ModeMask own_modes = entry.ModesOfOwner(hold);
  for (LockWaiter* waiter = entry.first_waiter; waiter != nullptr; waiter = waiter->next) {
    if ((ConflictsOf(entry.tag.kind, waiter->mode) & own_modes) != 0) {
      // It waits for us. Behind it we would both wait for ever.
      if ((conflicts & waiter->hold->modes) != 0) {
        const SessionId self = hold.owner->session(), other = waiter->hold->owner->session();
        throw DeadlockError(EdgeLine(self, entry.tag.kind, mode, entry.tag, other) + "\n" +
                            EdgeLine(other, entry.tag.kind, waiter->mode, entry.tag, self));
      }
      before = waiter;
      break;
    }
    ahead |= static_cast<ModeMask>(1u << waiter->mode);
  }
  *must_wait = (conflicts & ahead) != 0 || entry.ConflictsWithHolders(hold, mode);
  return before;
}

void LockManager::State::DropUnusedHold(LockShard& shard, LockHold& hold) {
  if (hold.modes != 0) return;
  shard.FreeIfUnused(*hold.entry);
  hold.owner->GiveBack(&hold);
}

LockOutcome LockManager::State::Lock(LockOwner& owner, const LockTag& tag, uint8_t mode,
                                     LockWait wait) {
  const uint64_t hash = LockTable::HashOf(tag);
  const bool counted = ClassOf(tag.kind) == LockClass::kSharedOrExclusive;
  LockHold* hold = owner.Find(tag, hash);
  const bool is_new = hold == nullptr;
  if (!is_new && Covers(tag.kind, hold->modes, mode)) {
    if (counted) {
      ++hold->counts[mode];
      owner.held_.push_back({hold, mode});
    }
    return LockOutcome::kGranted;
  }
  owner.ChargeFor(owner.held_.size() + 1);
  if (is_new) hold = owner.TakeHold();
  LockShard& shard = table.ShardOf(hash);
  LockOutcome outcome = LockOutcome::kGranted;
  std::unique_lock lock(shard.mutex);
  if (tag.kind == LockKind::kRow) {
    ShowFolded(shard, tag, hash, owner);
    if (is_new && owner.held_.size() >= unfolded_locks_max &&
        shard.Find(tag, hash) == nullptr) [[unlikely]] {
      owner.GiveBack(hold);
      Fold(owner, hash, mode);
      return LockOutcome::kGranted;
    }
  }
  if (is_new) {
    hold->hash = hash;
    hold->entry = &shard.FindOrMake(tag, hash);
  }
  LockEntry& entry = *hold->entry;
  bool must_wait = false;
  LockWaiter* before = nullptr;
  try {
    before = PlaceInQueue(entry, *hold, mode, &must_wait);
  } catch (...) {
    DropUnusedHold(shard, *hold);
    throw;
  }
  if (!must_wait) [[likely]] {
    entry.Grant(*hold, mode);
  } else if (wait != LockWait::kBlock) {
    DropUnusedHold(shard, *hold);
    return LockOutcome::kNotAvailable;
  } else {
    LockWaiter waiter;
    waiter.hold = hold;
    waiter.mode = mode;
    waiter.wait_start_us = UnixMicroseconds();
    entry.Enqueue(waiter, before);
    lock.unlock();
    Wait(owner, shard, waiter);
    outcome = LockOutcome::kGrantedAfterWait;
  }
  if (counted) hold->counts[mode] = 1;
  if (is_new) owner.Insert(hold);
  owner.held_.push_back({hold, mode});
  return outcome;
}

// ---- folded locks ----

void LockManager::State::ShowFolded(LockShard& shard, const LockTag& tag, uint64_t hash,
                                    const LockOwner& requester) {
  if (folding_count.load() == 0) [[likely]] return;
  const auto is_folded = [&] {
    return std::any_of(folding.begin(), folding.end(), [&](const LockOwner* owner) {
      return owner != &requester && owner->folded_->ModesOf(hash) != 0;
    });
  };
  {
    std::shared_lock lock(folding_mutex);
    if (!is_folded()) return;
  }
  std::lock_guard lock(folding_mutex);
  for (LockOwner* owner : folding) {
    if (owner == &requester) continue;
    ModeMask modes = owner->folded_->ModesOf(hash);
    if (modes == 0) continue;
    LockEntry& entry = shard.FindOrMake(tag, hash);
    for (const LockHold* hold = entry.holds; hold != nullptr; hold = hold->next) {
      if (hold->owner == owner) modes &= static_cast<ModeMask>(~hold->modes);
    }
    if (modes == 0) continue;
    auto shown = std::make_unique<LockHold>();
    shown->entry = &entry;
    shown->owner = owner;
    shown->hash = hash;
    for (; modes != 0; modes &= modes - 1) {
      entry.Grant(*shown, static_cast<uint8_t>(std::countr_zero(modes)));
    }
    owner->folded_->shown.push_back(std::move(shown));
  }
}

void LockManager::State::Fold(LockOwner& owner, uint64_t hash, uint8_t mode) {
  std::lock_guard lock(folding_mutex);
  if (owner.folded_ == nullptr) {
    owner.folded_ = std::make_unique<FoldedLocks>(owner.memory_);
    folding.push_back(&owner);
    folding_count.store(folding.size());
    owner.folding_closed_ = true;
  }
  const size_t number = owner.folded_->count();
  owner.folded_->Add(hash, mode);
  if (!owner.folding_closed_ && !owner.held_.empty() && owner.held_.back().hold == nullptr) return;
  owner.held_.push_back({nullptr, 0, static_cast<uint32_t>(number)});
  owner.folding_closed_ = false;
}

// Back to the first `count` of them. What is shown of the others is given up, and who waits for it goes on.
void LockManager::State::Unfold(LockOwner& owner, size_t count) {
  struct Loss {
    LockHold* hold;
    ModeMask modes;
  };
  std::vector<Loss> losses;
  std::vector<std::unique_ptr<LockHold>> gone;
  std::unique_ptr<FoldedLocks> emptied;
  {
    std::lock_guard lock(folding_mutex);
    FoldedLocks& folded = *owner.folded_;
    folded.TruncateTo(count);
    for (auto& hold : folded.shown) {
      const ModeMask left = count == 0 ? ModeMask{0} : folded.ModesOf(hold->hash);
      const auto lost = static_cast<ModeMask>(hold->modes & ~left);
      if (lost != 0) losses.push_back({hold.get(), lost});
      if (left == 0) gone.push_back(std::move(hold));
    }
    std::erase(folded.shown, nullptr);
    if (count == 0) {
      emptied = std::move(owner.folded_);
      std::erase(folding, &owner);
      folding_count.store(folding.size());
    }
  }
  for (const Loss& loss : losses) {
    LockShard& shard = table.ShardOf(loss.hold->hash);
    std::lock_guard lock(shard.mutex);
    LockEntry& entry = *loss.hold->entry;
    for (ModeMask modes = loss.modes; modes != 0; modes &= modes - 1) {
      entry.Ungrant(*loss.hold, static_cast<uint8_t>(std::countr_zero(modes)));
    }
    if (entry.first_waiter != nullptr) entry.WakeWaiters();
    shard.FreeIfUnused(entry);
  }
}

// ---- waiting ----

void LockManager::State::AwaitHolders(LockOwner& owner, const LockTag& tag, uint8_t mode) {
  const uint64_t hash = LockTable::HashOf(tag);
  LockShard& shard = table.ShardOf(hash);
  std::vector<LockHold*> awaited;
  LockHold hold;  // of nothing: it says who waits, and for which lock
  LockWaiter waiter;
  {
    std::lock_guard lock(shard.mutex);
    LockEntry* const entry = shard.Find(tag, hash);
    if (entry == nullptr) return;
    for (LockHold* other = entry->holds; other != nullptr; other = other->next) {
      const bool conflicts = (other->modes & ConflictsOf(tag.kind, mode)) != 0;
      if (conflicts && !IsSameParty(*other->owner, owner)) awaited.push_back(other);
    }
    if (awaited.empty()) return;
    hold.entry = entry;  // there as long as one of them is
    hold.owner = &owner;
    hold.hash = hash;
    waiter.hold = &hold;
    waiter.mode = mode;
    waiter.wait_start_us = UnixMicroseconds();
    waiter.awaited = &awaited;
    shard.watchers.push_back(&waiter);
  }
  Wait(owner, shard, waiter);
}

void LockManager::State::Abandon(LockShard& shard, LockWaiter& waiter) {
  if (waiter.awaited != nullptr) {
    std::erase(shard.watchers, &waiter);
    return;
  }
  LockEntry& entry = *waiter.hold->entry;
  entry.Dequeue(waiter);
  entry.WakeWaiters();  // those behind may have waited for this request only
  DropUnusedHold(shard, *waiter.hold);
}

void LockManager::State::Wait(LockOwner& owner, LockShard& shard, LockWaiter& waiter) {
  static constexpr LockSettings kDefaults;
  const LockSettings& settings = owner.settings_ != nullptr ? *owner.settings_ : kDefaults;
  const Clock::time_point start = Clock::now();
  const Clock::time_point lock_deadline =
      settings.lock_timeout_ms > 0 ? start + std::chrono::milliseconds(settings.lock_timeout_ms)
                                   : Clock::time_point::max();
  Clock::time_point deadlock_check = start + std::chrono::milliseconds(settings.deadlock_timeout_ms);

  BlockingSection blocking;
  // Runs under the token's mutex, so the shard's is never held while a WakeScope comes or goes.
  CancelToken::WakeScope wake(*owner.cancel_, [&shard, &owner] {
    std::lock_guard lock(shard.mutex);
    owner.wake_.notify_one();
  });
  std::unique_lock lock(shard.mutex);
  while (!waiter.granted) {
    const Clock::time_point now = Clock::now();
    if (owner.cancel_->is_canceled()) {
      Abandon(shard, waiter);
      owner.cancel_->Check();
    }
    if (now >= lock_deadline) {
      Abandon(shard, waiter);
      throw SqlError(SqlState::kLockNotAvailable, "canceling statement due to lock timeout");
    }
    if (now >= deadlock_check) {
      // Once is enough: a cycle that closes later is found by the one who closes it.
      deadlock_check = Clock::time_point::max();
      lock.unlock();
      std::optional<SqlError> error = CheckDeadlock(shard, waiter);
      if (error.has_value()) throw std::move(*error);
      lock.lock();
      continue;
    }
    const Clock::time_point until = std::min(lock_deadline, deadlock_check);
    if (until == Clock::time_point::max()) {
      owner.wake_.wait(lock);
    } else {
      owner.wake_.wait_until(lock, until);
    }
  }
}

std::optional<SqlError> LockManager::State::CheckDeadlock(LockShard& shard, LockWaiter& waiter) {
  std::array<std::unique_lock<std::mutex>, kLockShards> locks;
  for (size_t i = 0; i < kLockShards; ++i) locks[i] = std::unique_lock(table.shards[i].mutex);
  if (waiter.granted) return std::nullopt;
  DeadlockSearch search(table);
  const std::vector<DeadlockSearch::Edge> cycle = search.FindCycle(waiter);
  if (cycle.empty() || search.ResolveByReordering(cycle, waiter)) return std::nullopt;
  std::string detail;
  for (const DeadlockSearch::Edge& edge : cycle) {
    const LockHold& hold = *edge.waiter->hold;
    if (!detail.empty()) detail += '\n';
    detail += EdgeLine(hold.owner->session(), hold.entry->tag.kind, edge.waiter->mode,
                       hold.entry->tag, edge.blocker->session());
  }
  Abandon(shard, waiter);
  return DeadlockError(std::move(detail));
}

// ---- releasing ----

void LockManager::State::ReleaseMode(LockOwner& owner, LockHold& hold, uint8_t mode) {
  LockShard& shard = table.ShardOf(hold.hash);
  bool is_last = false;
  {
    std::lock_guard lock(shard.mutex);
    LockEntry& entry = *hold.entry;
    entry.Ungrant(hold, mode);
    if (!shard.watchers.empty()) shard.TellWatchers(hold);
    if (entry.first_waiter != nullptr) entry.WakeWaiters();
    is_last = hold.modes == 0;
    if (is_last) shard.FreeIfUnused(entry);
  }
  if (!is_last) return;
  owner.Erase(&hold);
  owner.GiveBack(&hold);
}

void LockManager::State::ReleaseLast(LockOwner& owner) {
  const auto [hold, mode, first_folded] = owner.held_.back();
  owner.held_.pop_back();
  if (hold == nullptr) return Unfold(owner, first_folded);
  if (ClassOf(hold->entry->tag.kind) == LockClass::kSharedOrExclusive && --hold->counts[mode] > 0) {
    return;
  }
  ReleaseMode(owner, *hold, mode);
}

LockManager::LockManager(size_t unfolded_locks_max)
    : state_(std::make_unique<State>(unfolded_locks_max)) {}
LockManager::~LockManager() = default;

std::unique_ptr<LockOwner> LockManager::NewOwner(SessionId session, CancelToken& cancel,
                                                 const LockSettings* settings) {
  return std::make_unique<LockOwner>(*this, session, cancel, settings);
}

LockOutcome LockManager::LockRow(LockOwner& owner, const LockTag& tag, RowLockMode mode,
                                 LockWait wait) {
  return state_->Lock(owner, tag, static_cast<uint8_t>(mode), wait);
}

LockOutcome LockManager::LockRelation(LockOwner& owner, const LockTag& tag, RelationLockMode mode,
                                      LockWait wait) {
  return state_->Lock(owner, tag, static_cast<uint8_t>(static_cast<uint8_t>(mode) - 1), wait);
}

LockOutcome LockManager::LockExclusiveOrShared(LockOwner& owner, const LockTag& tag, bool exclusive,
                                               LockWait wait) {
  return state_->Lock(owner, tag, exclusive ? kExclusiveMode : kSharedMode, wait);
}

void LockManager::AwaitRelationHolders(LockOwner& owner, const LockTag& tag,
                                       RelationLockMode mode) {
  state_->AwaitHolders(owner, tag, static_cast<uint8_t>(static_cast<uint8_t>(mode) - 1));
}

void LockManager::AwaitSharers(LockOwner& owner, const LockTag& tag) {
  state_->AwaitHolders(owner, tag, kExclusiveMode);
}

void LockManager::MoveLastToFront(LockOwner& owner) {
  std::rotate(owner.held_.begin(), owner.held_.end() - 1, owner.held_.end());
}

bool LockManager::Unlock(LockOwner& owner, const LockTag& tag, bool exclusive) {
  const uint8_t mode = exclusive ? kExclusiveMode : kSharedMode;
  LockHold* const hold = owner.Find(tag, LockTable::HashOf(tag));
  if (hold == nullptr || ((hold->modes >> mode) & 1) == 0) return false;
  for (size_t i = owner.held_.size(); i-- > 0;) {
    if (owner.held_[i].hold != hold || owner.held_[i].mode != mode) continue;
    owner.held_.erase(owner.held_.begin() + static_cast<ptrdiff_t>(i));
    break;
  }
  if (--hold->counts[mode] == 0) state_->ReleaseMode(owner, *hold, mode);
  return true;
}

size_t LockManager::MarkPosition(const LockOwner& owner) {
  owner.folding_closed_ = true;
  return owner.held_.size();
}

void LockManager::ReleaseAfter(LockOwner& owner, size_t position) {
  while (owner.held_.size() > position) state_->ReleaseLast(owner);
  owner.folding_closed_ = true;  // an older savepoint may stand here, too
}

void LockManager::ReleaseAll(LockOwner& owner) {
  ReleaseAfter(owner, 0);
  owner.ForgetAll();
}

// ---- two-phase commit ----

LockImage LockManager::ImageOf(const LockOwner& owner) const {
  LockImage image;
  for (const LockHold* hold : owner.slots_) {
    if (hold == nullptr) continue;
    for (ModeMask modes = hold->modes; modes != 0; modes &= modes - 1) {
      image.locks.push_back({hold->entry->tag, static_cast<uint8_t>(std::countr_zero(modes))});
    }
  }
  if (owner.folded_ == nullptr) return image;
  std::shared_lock lock(state_->folding_mutex);
  image.folded = owner.folded_->All();
  return image;
}

void LockManager::Restore(LockOwner& owner, const LockImage& image) {
  for (const LockImage::Lock& lock : image.locks) {
    const LockOutcome outcome = state_->Lock(owner, lock.tag, lock.mode, LockWait::kNoWait);
    GRIZZLY_CHECK(outcome == LockOutcome::kGranted);
  }
  for (const uint64_t lock : image.folded) {
    state_->Fold(owner, FoldedLocks::HashIn(lock), FoldedLocks::ModeIn(lock));
  }
}

void LockManager::LeaveSession(LockOwner& owner, TransactionId prepared, CancelToken& cancel,
                               MemoryTracker* memory) {
  owner.ChargeTo(memory);
  if (owner.folded_ != nullptr) {
    std::lock_guard lock(state_->folding_mutex);
    owner.folded_->ChargeTo(memory);
  }
  owner.session_ = SessionId();
  owner.prepared_ = prepared;
  owner.cancel_ = &cancel;
  owner.settings_ = nullptr;
}

// ---- looking ----

std::vector<HeldLock> LockManager::ListAll() const {
  std::vector<HeldLock> locks;
  state_->ForEachWatcher([&](const LockWaiter& watcher) {
    const LockTag& tag = watcher.hold->entry->tag;
    locks.push_back({tag, ShownMode(tag.kind, watcher.mode), false, watcher.hold->owner->session(),
                     watcher.wait_start_us, TransactionId(),
                     watcher.awaited->front()->owner->session()});
  });
  state_->ForEachEntry([&](const LockEntry& entry) {
    const LockKind kind = entry.tag.kind;
    if (kind == LockKind::kSnapshot) return;  // nobody asks for it
    for (const LockHold* hold = entry.holds; hold != nullptr; hold = hold->next) {
      for (ModeMask modes = hold->modes; modes != 0; modes &= modes - 1) {
        const auto mode = static_cast<uint8_t>(std::countr_zero(modes));
        locks.push_back({entry.tag, ShownMode(kind, mode), true, hold->owner->session(), 0,
                         hold->owner->prepared(), SessionId()});
      }
    }
    for (const LockWaiter* w = entry.first_waiter; w != nullptr; w = w->next) {
      locks.push_back({entry.tag, ShownMode(kind, w->mode), false, w->hold->owner->session(),
                       w->wait_start_us, TransactionId(), SessionId()});
    }
  });
  return locks;
}

std::vector<SessionId> LockManager::BlockingSessions(SessionId waiter) const {
  std::vector<SessionId> blockers;
  state_->ForEachWatcher([&](const LockWaiter& watcher) {
    if (watcher.hold->owner->session() != waiter) return;
    for (const LockHold* hold : *watcher.awaited) blockers.push_back(hold->owner->session());
  });
  state_->ForEachEntry([&](const LockEntry& entry) {
    for (const LockWaiter* w = entry.first_waiter; w != nullptr; w = w->next) {
      if (w->hold->owner->session() != waiter) continue;
      const ModeMask conflicts = ConflictsOf(entry.tag.kind, w->mode);
      for (const LockHold* hold = entry.holds; hold != nullptr; hold = hold->next) {
        if ((hold->modes & conflicts) != 0 && !IsSameParty(*hold->owner, *w->hold->owner)) {
          blockers.push_back(hold->owner->session());
        }
      }
      for (const LockWaiter* ahead = w->previous; ahead != nullptr; ahead = ahead->previous) {
        if ((conflicts & (1u << ahead->mode)) != 0) {
          blockers.push_back(ahead->hold->owner->session());
        }
      }
    }
  });
  return blockers;
}

}  // namespace grizzly::txn
