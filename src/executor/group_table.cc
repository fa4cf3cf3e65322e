#include "executor/group_table.h"

namespace grizzly::executor {

using types::Vector;

namespace {

constexpr size_t kFirstSlotCount = 64;

}  // namespace

GroupTable::GroupTable(std::vector<types::SqlType> key_types, MemoryTracker* memory)
    : key_columns_(key_types), keys_(key_types, memory), slots_(kFirstSlotCount) {}

uint32_t GroupTable::Probe(std::span<const Vector* const> keys, uint32_t row, uint64_t hash,
                           size_t* slot) const {
  const size_t mask = slots_.size() - 1;
  const uint32_t short_hash = static_cast<uint32_t>(hash >> 32);
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& candidate = slots_[i];
    *slot = i;
    if (candidate.group == kNoGroup) return kNoGroup;
    if (candidate.hash != short_hash) continue;
    const types::Batch& chunk = keys_.chunk(candidate.group / types::kBatchRowsMax);
    const uint32_t chunk_row = candidate.group % types::kBatchRowsMax;
    bool equal = true;
    for (size_t k = 0; equal && k < keys.size(); ++k) {
      equal = key_columns_.Equal(k, *keys[k], row, chunk.column(k), chunk_row);
    }
    if (equal) return candidate.group;
  }
}

void GroupTable::FindOrAdd(std::span<const Vector* const> keys, uint32_t row_count,
                           std::vector<uint32_t>& groups) {
  hashes_.resize(row_count);
  groups.resize(row_count);
  key_columns_.Hash(keys, row_count, hashes_.data());
  types::Batch key_batch;
  for (const Vector* key : keys) {
    key_batch.AddColumn(Vector(key->type(), 0));
    key_batch.columns().back().Reference(*key);
  }
  key_batch.set_row_count(row_count);
  for (uint32_t row = 0; row < row_count; ++row) {
    size_t slot;
    uint32_t group = Probe(keys, row, hashes_[row], &slot);
    if (group == kNoGroup) {
      group = group_count();
      keys_.AppendRow(key_batch, row);
      group_hashes_.push_back(hashes_[row]);
      slots_[slot] = {static_cast<uint32_t>(hashes_[row] >> 32), group};
      if (group_hashes_.size() * 2 > slots_.size()) Grow();
    }
    groups[row] = group;
  }
}

void GroupTable::Find(std::span<const Vector* const> keys, uint32_t row_count,
                      std::vector<uint32_t>& groups) {
  hashes_.resize(row_count);
  groups.resize(row_count);
  key_columns_.Hash(keys, row_count, hashes_.data());
  for (uint32_t row = 0; row < row_count; ++row) {
    size_t slot;
    groups[row] = Probe(keys, row, hashes_[row], &slot);
  }
}

void GroupTable::Grow() {
  slots_.assign(slots_.size() * 2, Slot{});
  const size_t mask = slots_.size() - 1;
  for (uint32_t group = 0; group < group_hashes_.size(); ++group) {
    size_t i = group_hashes_[group] & mask;
    while (slots_[i].group != kNoGroup) i = (i + 1) & mask;
    slots_[i] = {static_cast<uint32_t>(group_hashes_[group] >> 32), group};
  }
}

}  // namespace grizzly::executor
