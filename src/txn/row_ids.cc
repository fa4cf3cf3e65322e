#include "txn/row_ids.h"

#include <algorithm>

#include "storage/key/key_layout.h"
#include "storage/key/ordered_key.h"
#include "txn/prepared_record.h"

namespace grizzly::txn {
namespace {

constexpr size_t kStorageHeadBytes = sizeof(uint32_t) + sizeof(uint32_t);

uint64_t CounterKey(TenantId tenant, StorageId storage) {
  return uint64_t{tenant.value} << 32 | storage.value;
}

// The id in the last key that starts with `head`; 0: there is none.
uint64_t LastIdBehind(storage::Store& store, const std::string& head) {
  const std::string end = storage::PrefixSuccessor(head);
  const auto rows = store.NewIterator(nullptr, head, end);
  rows->SeekToLastBefore(end);
  if (!rows->Valid() || rows->key().size() != head.size() + sizeof(uint64_t)) return 0;
  return storage::ReadBigEndian<uint64_t>(rows->key().data() + head.size());
}

}  // namespace

void RowIdCounter::Pass(uint64_t id) {
  uint64_t last = last_.load(std::memory_order_relaxed);
  while (last < id && !last_.compare_exchange_weak(last, id, std::memory_order_relaxed)) {
  }
}

uint64_t RowIds::LastIdOf(TenantId tenant, StorageId storage) const {
  std::string head;
  storage::AppendKeyHead(&head, tenant, storage, IndexId{0});
  uint64_t last = LastIdBehind(store_, head);
  const KeyRange headers = HeaderRange();
  const auto prepared = store_.NewIterator(nullptr, headers.from, headers.to);
  for (prepared->Seek(headers.from); prepared->Valid(); prepared->Next()) {
    const KeyRange writes = WriteRangeOf(IdOfHeaderKey(prepared->key()));
    last = std::max(last, LastIdBehind(store_, writes.from + head));
  }
  return last;
}

std::shared_ptr<RowIdCounter> RowIds::CounterOf(TenantId tenant, StorageId storage) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<RowIdCounter>& counter = counters_[CounterKey(tenant, storage)];
  if (counter == nullptr) counter = std::make_shared<RowIdCounter>(LastIdOf(tenant, storage));
  return counter;
}

void RowIds::Forget(std::string_view from) {
  if (from.size() != kStorageHeadBytes && from.size() != sizeof(uint32_t)) return;
  const uint64_t tenant = storage::ReadBigEndian<uint32_t>(from.data());
  std::lock_guard lock(mutex_);
  if (from.size() == kStorageHeadBytes) {
    counters_.erase(storage::ReadBigEndian<uint64_t>(from.data()));
  } else {
    std::erase_if(counters_, [&](const auto& each) { return each.first >> 32 == tenant; });
  }
}

}  // namespace grizzly::txn
