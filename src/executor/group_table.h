// Numbers the distinct combinations of key columns: what grouping, DISTINCT and set operations share.
//
// Open addressing over (hash, group number); the keys themselves are kept in a RowStore.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "executor/row_store.h"
#include "executor/value_hash.h"

namespace grizzly::executor {

class GroupTable {
 public:
  GroupTable(std::vector<types::SqlType> key_types, MemoryTracker* memory);

  // groups[i] becomes the number of row i's group; new groups get the next numbers. NULL equals NULL.
  void FindOrAdd(std::span<const types::Vector* const> keys, uint32_t row_count,
                 std::vector<uint32_t>& groups);
  // groups[i] = kNoGroup for unknown ones; adds nothing.
  static constexpr uint32_t kNoGroup = UINT32_MAX;
  void Find(std::span<const types::Vector* const> keys, uint32_t row_count,
            std::vector<uint32_t>& groups);
  uint32_t group_count() const { return static_cast<uint32_t>(keys_.row_count()); }
  const RowStore& keys() const { return keys_; }

 private:
  struct Slot {
    uint32_t hash = 0;
    uint32_t group = kNoGroup;
  };
  uint32_t Probe(std::span<const types::Vector* const> keys, uint32_t row, uint64_t hash,
                 size_t* slot) const;
  void Grow();

  KeyColumns key_columns_;
  RowStore keys_;
  std::vector<Slot> slots_;
  std::vector<uint64_t> group_hashes_;
  std::vector<uint64_t> hashes_;  // scratch
};

}  // namespace grizzly::executor
