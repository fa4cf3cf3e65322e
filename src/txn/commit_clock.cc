#include "txn/commit_clock.h"

#include <chrono>

#include "base/error/sql_error.h"
#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"

namespace grizzly::txn {
namespace {

constexpr int kCounterBits = 16;
constexpr uint64_t kBoundAheadMs = 1000;

uint64_t WallClock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<uint64_t>(
             std::chrono::duration_cast<std::chrono::milliseconds>(now).count())
         << kCounterBits;
}

}  // namespace

CommitClock::CommitClock(storage::Store& store) : store_(store) {
  storage::AppendKeyHead(&key_, kServerTenant, kClockStorage, IndexId(0));
  storage::PinnedValue stored;
  if (!store_.Get(nullptr, key_, &stored)) return;
  if (stored.view().size() != sizeof(uint64_t)) {
    throw SqlError(SqlState::kDataCorrupted, "stored clock is damaged");
  }
  const uint64_t bound = storage::ReadBigEndian<uint64_t>(stored.view().data());
  last_ = bound;
  bound_ = bound;
}

CommitTimestamp CommitClock::Next() {
  const uint64_t now = WallClock();
  uint64_t last = last_.load(std::memory_order_relaxed);
  uint64_t next;
  do {
    next = std::max(last + 1, now);  // a full counter carries into the milliseconds
  } while (!last_.compare_exchange_weak(last, next, std::memory_order_acq_rel));
  if (next > bound_.load(std::memory_order_acquire)) [[unlikely]] RaiseBound(next);
  return CommitTimestamp(next);
}

void CommitClock::RaiseBound(uint64_t at_least) {
  std::lock_guard lock(raising_);
  if (at_least <= bound_.load(std::memory_order_relaxed)) return;
  const uint64_t bound = at_least + (kBoundAheadMs << kCounterBits);
  std::string value;
  storage::AppendBigEndian(&value, bound);
  auto batch = store_.NewBatch();
  batch->Put(key_, value);
  // Needs no sync of its own: the log keeps the order, so whatever commit is on disk, this is, too.
  store_.Write(*batch, storage::SyncMode::kNone);
  bound_.store(bound, std::memory_order_release);
}

}  // namespace grizzly::txn
