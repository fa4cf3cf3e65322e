// Row locks of an owner that has very many: eight bytes each instead of an entry in the lock table.
//
// A lock is 62 bits of its tag's hash and its mode: tags that share them share the lock, which can only cost
// waiting. The newest are a list, older ones sorted blocks, merged eight by eight. When somebody else
// comes for such a row, the lock manager gives the owner an ordinary hold on it, kept in `shown`.
//
// UNDO     by count, as for ordinary locks. A block is dropped whole, so of a block that a savepoint cuts the
//          older and the newer locks both stay to the end of the transaction.
// GUARDED  by the lock manager's folding mutex.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/memory/memory_tracker.h"
#include "txn/lock/lock_modes.h"

namespace grizzly::txn {

struct LockHold;

class FoldedLocks {
 public:
  // `memory` may be null.
  explicit FoldedLocks(MemoryTracker* memory);
  ~FoldedLocks();
  FoldedLocks(const FoldedLocks&) = delete;
  FoldedLocks& operator=(const FoldedLocks&) = delete;

  // Throws 53200.
  void Add(uint64_t hash, uint8_t mode);
  ModeMask ModesOf(uint64_t hash) const;
  size_t count() const { return count_; }
  void TruncateTo(size_t count);
  // Every lock: hash and mode.
  std::vector<uint64_t> All() const;
  static uint64_t HashIn(uint64_t lock);
  static uint8_t ModeIn(uint64_t lock);
  // Somebody else pays from now on. Throws 53200.
  void ChargeTo(MemoryTracker* memory);

  std::vector<std::unique_ptr<LockHold>> shown;

 private:
  struct Block {
    size_t first = 0;  // of the locks in the order they were taken
    std::vector<uint64_t> locks;  // sorted
  };
  void Seal();
  void MergeLast(size_t blocks);
  int64_t ChargedBytes() const;

  MemoryTracker* memory_;
  std::vector<uint64_t> recent_;
  size_t recent_first_ = 0;
  std::vector<Block> blocks_;  // in the order they were taken
  size_t count_ = 0;
};

}  // namespace grizzly::txn
