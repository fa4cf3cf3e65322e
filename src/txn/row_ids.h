// Hidden ids of rows without a primary key: per storage, counting from 1.
//
// A counter starts behind the last row that the store, or a prepared transaction, has; from then on it only
// grows. So ids are given again only when the rows that had them went before the server was restarted.
// THREADS  any
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "base/ids/ids.h"
#include "storage/kv/store.h"

namespace grizzly::txn {

class RowIdCounter {
 public:
  explicit RowIdCounter(uint64_t last) : last_(last) {}
  uint64_t Next() { return last_.fetch_add(1, std::memory_order_relaxed) + 1; }
  // Later ids are greater than `id`.
  void Pass(uint64_t id);

 private:
  std::atomic<uint64_t> last_;
};

class RowIds {
 public:
  explicit RowIds(storage::Store& store) : store_(store) {}

  std::shared_ptr<RowIdCounter> CounterOf(TenantId tenant, StorageId storage);
  // The storages of a range of keys that was dropped: of one storage, or of a whole tenant.
  void Forget(std::string_view from);

 private:
  uint64_t LastIdOf(TenantId tenant, StorageId storage) const;

  storage::Store& store_;
  std::mutex mutex_;
  // By tenant and storage; guarded by mutex_. About a hundred bytes each.
  std::unordered_map<uint64_t, std::shared_ptr<RowIdCounter>> counters_;
};

}  // namespace grizzly::txn
