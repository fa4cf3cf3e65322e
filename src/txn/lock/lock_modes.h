// Which lock modes keep each other out: PostgreSQL's tables, one bit per mode.
//
// SOURCE   PostgreSQL 15 docs, tables 13.2 (relations) and 13.3 (rows)
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "txn/lock/lock_manager.h"

namespace grizzly::txn {

// What a lock's modes mean. Modes are numbered from 0 inside each class.
enum class LockClass : uint8_t { kRow, kRelation, kSharedOrExclusive };

using ModeMask = uint8_t;
inline constexpr uint8_t kSharedMode = 0;
inline constexpr uint8_t kExclusiveMode = 1;

constexpr LockClass ClassOf(LockKind kind) {
  switch (kind) {
    case LockKind::kRow: return LockClass::kRow;
    case LockKind::kRelation: return LockClass::kRelation;
    default: return LockClass::kSharedOrExclusive;
  }
}

// kLockConflicts[class][mode]: the modes that `mode` cannot be granted beside.
inline constexpr std::array<std::array<ModeMask, 8>, 3> kLockConflicts = {{
    // KEY SHARE, SHARE, NO KEY UPDATE, UPDATE
    {0b1000, 0b1100, 0b1110, 0b1111},
    // AccessShare, RowShare, RowExclusive, ShareUpdateExclusive,
    // Share, ShareRowExclusive, Exclusive, AccessExclusive
    {0b10000000, 0b11000000, 0b11110000, 0b11111000,
     0b11101100, 0b11111100, 0b11111110, 0b11111111},
    // shared, exclusive
    {0b10, 0b11},
}};

inline ModeMask ConflictsOf(LockKind kind, uint8_t mode) {
  return kLockConflicts[static_cast<size_t>(ClassOf(kind))][mode];
}

// As PostgreSQL's pg_locks.mode: "AccessShareLock". A row mode is called by the relation mode that
// PostgreSQL takes on the tuple.
std::string_view LockModeName(LockKind kind, uint8_t mode);

}  // namespace grizzly::txn
