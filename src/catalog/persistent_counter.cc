#include "catalog/persistent_counter.h"

#include "base/error/sql_error.h"
#include "txn/transaction.h"

namespace grizzly::catalog {

PersistentCounter::PersistentCounter(storage::Store& store, std::string key, uint64_t first)
    : store_(store), key_(std::move(key)), next_(first) {}

uint64_t PersistentCounter::Next() {
  const std::lock_guard lock(mutex_);
  if (next_ >= limit_) Refill();
  return next_++;
}

void PersistentCounter::Refill() {
  if (limit_ == 0) {
    storage::PinnedValue stored;
    if (store_.Get(nullptr, key_, &stored)) {
      if (stored.view().size() != txn::kRowTimestampBytes + sizeof(next_)) {
        throw SqlError(SqlState::kDataCorrupted, "a catalog counter is damaged");
      }
      std::memcpy(&next_, stored.view().data() + txn::kRowTimestampBytes, sizeof(next_));
    }
  }
  const uint64_t limit = next_ + kCounterBatch;
  std::string value(txn::kRowTimestampBytes + sizeof(limit), '\0');
  std::memcpy(value.data() + txn::kRowTimestampBytes, &limit, sizeof(limit));
  const auto batch = store_.NewBatch();
  batch->Put(key_, value);
  store_.Write(*batch, storage::SyncMode::kNone);
  limit_ = limit;
}

}  // namespace grizzly::catalog
