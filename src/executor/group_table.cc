#include "executor/group_table.h"

#include <algorithm>
#include <numeric>

#include "executor/column_gather.h"

namespace grizzly::executor {

using types::Vector;

namespace {

constexpr size_t kFirstSlotCount = 64;
// Slots of larger tables are asked for before they are looked at.
constexpr size_t kCachedSlots = 4096;
// Batches of fewer rows, and keys of more combinations, are looked up row by row.
constexpr uint32_t kCodedRowsMin = 256;
constexpr size_t kCombinationsMax = 1024;

// Numbers the runs of equal neighbours: their first rows, and for each row the number of its run. False, early,
// where most neighbours differ.
template <typename T>
bool NumberRuns(const Vector& key, uint32_t row_count, std::vector<uint32_t>& first_rows,
                std::vector<uint32_t>& runs) {
  constexpr uint32_t kTriedRows = 128;
  const auto values = key.Reader<T>();
  first_rows.assign(1, 0);
  runs.resize(row_count);
  runs[0] = 0;
  uint32_t run = 0;
  for (uint32_t row = 1; row < row_count; ++row) {
    if (values[row] != values[row - 1]) {
      first_rows.push_back(row);
      ++run;
    }
    runs[row] = run;
    if (row == kTriedRows && run > kTriedRows / 2) return false;
  }
  return true;
}

}  // namespace

GroupTable::GroupTable(std::vector<types::SqlType> key_types, MemoryTracker* memory)
    : key_columns_(key_types), keys_(key_types, memory), slots_(kFirstSlotCount), memory_(memory) {}

GroupTable::~GroupTable() {
  if (memory_ != nullptr && charged_bytes_ > 0) memory_->Release(charged_bytes_);
}

void GroupTable::Prepare(std::span<const Vector* const> keys, const uint64_t* hashes,
                         uint32_t row_count, std::vector<uint32_t>& groups) {
  hashes_.resize(row_count);
  groups.resize(row_count);
  if (hashes != nullptr) {
    std::copy_n(hashes, row_count, hashes_.data());
  } else {
    key_columns_.Hash(keys, row_count, hashes_.data());
  }
  places_.resize(row_count);
  const size_t mask = slots_.size() - 1;
  const bool fits_cache = slots_.size() <= kCachedSlots;
  for (uint32_t row = 0; row < row_count; ++row) {
    places_[row] = hashes_[row] & mask;
    if (!fits_cache) __builtin_prefetch(&slots_[places_[row]]);
  }
  open_.resize(row_count);
  std::iota(open_.begin(), open_.end(), 0);
}

// Takes each open row to a slot of its hash, which makes it a candidate, or to an empty one: there it
// makes a group, or has none.
void GroupTable::WalkRows(bool adds, std::vector<uint32_t>& groups) {
  const size_t mask = slots_.size() - 1;
  added_.clear();
  candidates_.clear();
  met_.clear();
  uint32_t next_group = group_count();
  for (uint32_t row : open_) {
    const auto short_hash = static_cast<uint32_t>(hashes_[row] >> 32);
    size_t i = places_[row];
    while (slots_[i].group != kNoGroup && slots_[i].hash != short_hash) i = (i + 1) & mask;
    places_[row] = i;
    if (slots_[i].group != kNoGroup) {
      candidates_.push_back(row);
      met_.push_back(slots_[i].group);
    } else if (adds) {
      groups[row] = next_group;
      slots_[i] = {short_hash, next_group++};
      group_hashes_.push_back(hashes_[row]);
      added_.push_back(row);
    } else {
      groups[row] = kNoGroup;
    }
  }
}

// Candidates that are equal get their group; the others stay open, one slot further.
void GroupTable::CompareCandidates(std::span<const Vector* const> keys,
                                   std::vector<uint32_t>& groups) {
  equal_rows_ = candidates_;
  equal_groups_ = met_;
  size_t kept = equal_rows_.size();
  for (size_t k = 0; k < keys.size() && kept > 0; ++k) {
    kept = KeepEqualPairs(key_columns_, k, *keys[k], keys_, k, true, equal_rows_.data(),
                          equal_groups_.data(), kept);
  }
  open_.clear();
  const size_t mask = slots_.size() - 1;
  size_t next = 0;
  for (uint32_t row : candidates_) {
    if (next < kept && equal_rows_[next] == row) {
      groups[row] = equal_groups_[next++];
    } else {
      places_[row] = (places_[row] + 1) & mask;
      open_.push_back(row);
    }
  }
}

void GroupTable::FindOrAdd(std::span<const Vector* const> keys, uint32_t row_count,
                           std::vector<uint32_t>& groups) {
  if (FindByCodes(keys, row_count, groups) || FindByRuns(keys, row_count, groups)) return;
  FindOrAddRows(keys, nullptr, row_count, groups);
}

void GroupTable::FindOrAddHashed(std::span<const Vector* const> keys, const uint64_t* hashes,
                                 uint32_t row_count, std::vector<uint32_t>& groups) {
  FindOrAddRows(keys, hashes, row_count, groups);
}

// Keys that are views of few values (columns of a dictionary, say): each combination met is looked up once,
// for its first row.
bool GroupTable::FindByCodes(std::span<const Vector* const> keys, uint32_t row_count,
                             std::vector<uint32_t>& groups) {
  if (row_count < kCodedRowsMin) return false;
  groups.assign(row_count, 0);
  size_t combinations = 1;
  for (const Vector* key : keys) {
    if (key->kind() == types::VectorKind::kConstant) continue;
    if (key->kind() != types::VectorKind::kDictionary) return false;
    const uint32_t* const codes = key->Reader<char>().selection;
    uint32_t highest = 0;
    for (uint32_t row = 0; row < row_count; ++row) highest = std::max(highest, codes[row]);
    const size_t values = size_t{highest} + 1;
    combinations *= values;
    if (combinations > kCombinationsMax) return false;
    for (uint32_t row = 0; row < row_count; ++row) {
      groups[row] = groups[row] * static_cast<uint32_t>(values) + codes[row];
    }
  }
  code_groups_.assign(combinations, kNoGroup);
  representatives_.clear();
  for (uint32_t row = 0; row < row_count; ++row) {
    uint32_t& number = code_groups_[groups[row]];
    if (number == kNoGroup) {
      number = static_cast<uint32_t>(representatives_.size());
      representatives_.push_back(row);
    }
    groups[row] = number;
  }
  LookUpRepresentatives(keys, row_count, groups);
  return true;
}

// A key by which the rows come in order, or nearly so: each run of equal values is looked up once.
bool GroupTable::FindByRuns(std::span<const Vector* const> keys, uint32_t row_count,
                            std::vector<uint32_t>& groups) {
  if (row_count < kCodedRowsMin || keys.size() != 1 || !key_columns_.IsBytes(0)) return false;
  const Vector& key = *keys[0];
  if (key.MayHaveNulls()) return false;
  bool has_runs = false;
  switch (key.physical()) {
    case types::PhysicalType::kInt32:
      has_runs = NumberRuns<uint32_t>(key, row_count, representatives_, groups);
      break;
    case types::PhysicalType::kInt64:
      has_runs = NumberRuns<uint64_t>(key, row_count, representatives_, groups);
      break;
    default: break;
  }
  if (has_runs) LookUpRepresentatives(keys, row_count, groups);
  return has_runs;
}

// groups[i]: the number of row i's representative; becomes that one's group.
void GroupTable::LookUpRepresentatives(std::span<const Vector* const> keys, uint32_t row_count,
                                       std::vector<uint32_t>& groups) {
  types::Batch first;
  std::vector<const Vector*> columns;
  for (const Vector* key : keys) first.AddColumn(Vector(key->type(), 0));
  for (size_t k = 0; k < keys.size(); ++k) {
    first.column(k).Slice(*keys[k], representatives_);
    columns.push_back(&first.column(k));
  }
  FindOrAddRows(columns, nullptr, static_cast<uint32_t>(representatives_.size()),
                representative_groups_);
  for (uint32_t& row : new_rows_) row = representatives_[row];
  for (uint32_t row = 0; row < row_count; ++row) groups[row] = representative_groups_[groups[row]];
}

void GroupTable::FindOrAddRows(std::span<const Vector* const> keys, const uint64_t* hashes,
                               uint32_t row_count, std::vector<uint32_t>& groups) {
  GrowFor(uint64_t{group_count()} + row_count);
  Prepare(keys, hashes, row_count, groups);
  types::Batch added;
  new_rows_.clear();
  while (!open_.empty()) {
    WalkRows(true, groups);
    if (!added_.empty()) {
      new_rows_.insert(new_rows_.end(), added_.begin(), added_.end());
      while (added.column_count() < keys.size()) {
        added.AddColumn(Vector(keys[added.column_count()]->type(), 0));
      }
      for (size_t k = 0; k < keys.size(); ++k) added.column(k).Slice(*keys[k], added_);
      added.set_row_count(static_cast<uint32_t>(added_.size()));
      keys_.Append(added);
    }
    CompareCandidates(keys, groups);
  }
  if (!std::is_sorted(new_rows_.begin(), new_rows_.end())) {
    std::sort(new_rows_.begin(), new_rows_.end());
  }
}

void GroupTable::Find(std::span<const Vector* const> keys, uint32_t row_count,
                      std::vector<uint32_t>& groups) {
  Prepare(keys, nullptr, row_count, groups);
  while (!open_.empty()) {
    WalkRows(false, groups);
    CompareCandidates(keys, groups);
  }
}

void GroupTable::GrowFor(uint64_t groups) {
  if (groups * 2 <= slots_.size()) return;
  size_t size = slots_.size();
  while (groups * 2 > size) size *= 2;
  const auto bytes = static_cast<int64_t>(size * (sizeof(Slot) + sizeof(uint64_t) / 2));
  if (memory_ != nullptr) memory_->Reserve(bytes - charged_bytes_);
  charged_bytes_ = bytes;
  slots_.assign(size, Slot{});
  const size_t mask = size - 1;
  for (uint32_t group = 0; group < group_hashes_.size(); ++group) {
    size_t i = group_hashes_[group] & mask;
    while (slots_[i].group != kNoGroup) i = (i + 1) & mask;
    slots_[i] = {static_cast<uint32_t>(group_hashes_[group] >> 32), group};
  }
}

}  // namespace grizzly::executor
