// Numbers the distinct combinations of key columns: what grouping, DISTINCT and set operations share.
//
// Open addressing over (hash, group number); the keys themselves are kept in a RowStore. A batch of rows
// is looked up as a whole: candidates by hash first, then compared column by column.
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
  ~GroupTable();

  // groups[i] becomes the number of row i's group. New groups get the next numbers, in no particular
  // order within the batch. NULL equals NULL.
  void FindOrAdd(std::span<const types::Vector* const> keys, uint32_t row_count,
                 std::vector<uint32_t>& groups);
  // The same with the hashes as this or a like table has computed them.
  void FindOrAddHashed(std::span<const types::Vector* const> keys, const uint64_t* hashes,
                       uint32_t row_count, std::vector<uint32_t>& groups);
  // Makes room at once.
  void Reserve(uint64_t groups) { GrowFor(groups); }
  // No more groups will come: from now on any number of threads may read the keys.
  void Seal() { keys_.Seal(); }
  // The rows that made a group, ascending, of the last FindOrAdd.
  std::span<const uint32_t> new_rows() const { return new_rows_; }
  // groups[i] = kNoGroup for unknown ones; adds nothing.
  static constexpr uint32_t kNoGroup = UINT32_MAX;
  void Find(std::span<const types::Vector* const> keys, uint32_t row_count,
            std::vector<uint32_t>& groups);
  uint32_t group_count() const { return static_cast<uint32_t>(keys_.row_count()); }
  const RowStore& keys() const { return keys_; }
  std::span<const uint64_t> group_hashes() const { return group_hashes_; }
  // Of the rows of the last Find.
  const uint64_t* batch_hashes() const { return hashes_.data(); }
  int64_t byte_count() const { return keys_.charged_bytes() + charged_bytes_; }

 private:
  struct Slot {
    uint32_t hash = 0;
    uint32_t group = kNoGroup;
  };
  bool FindByCodes(std::span<const types::Vector* const> keys, uint32_t row_count,
                   std::vector<uint32_t>& groups);
  bool FindByRuns(std::span<const types::Vector* const> keys, uint32_t row_count,
                  std::vector<uint32_t>& groups);
  void LookUpRepresentatives(std::span<const types::Vector* const> keys, uint32_t row_count,
                             std::vector<uint32_t>& groups);
  void FindOrAddRows(std::span<const types::Vector* const> keys, const uint64_t* hashes,
                     uint32_t row_count, std::vector<uint32_t>& groups);
  void Prepare(std::span<const types::Vector* const> keys, const uint64_t* hashes,
               uint32_t row_count, std::vector<uint32_t>& groups);
  void WalkRows(bool adds, std::vector<uint32_t>& groups);
  void CompareCandidates(std::span<const types::Vector* const> keys,
                         std::vector<uint32_t>& groups);
  void GrowFor(uint64_t groups);

  KeyColumns key_columns_;
  RowStore keys_;
  std::vector<Slot> slots_;
  std::vector<uint64_t> group_hashes_;
  MemoryTracker* const memory_;
  int64_t charged_bytes_ = 0;

  // ---- of the batch at hand ----
  std::vector<uint64_t> hashes_;
  std::vector<size_t> places_;        // the slot to look at next
  std::vector<uint32_t> open_;        // rows not yet placed
  std::vector<uint32_t> added_;       // rows that made a group in this round
  std::vector<uint32_t> new_rows_;    // in all rounds
  std::vector<uint32_t> candidates_;  // rows whose hash met a group's ...
  std::vector<uint32_t> met_;         // ... and that group
  std::vector<uint32_t> equal_rows_;
  std::vector<uint32_t> equal_groups_;
  std::vector<uint32_t> code_groups_;   // by the keys' codes: a number in representatives_
                                        // (rows that stand for others)
  std::vector<uint32_t> representatives_;
  std::vector<uint32_t> representative_groups_;
};

}  // namespace grizzly::executor
