// A run: writes of a transaction that were moved from memory to a sorted file.
//
// FORMAT   one entry per key; value := version*, newest first;
//          version := position u32, command u32, bytes u32 (UINT32_MAX: deleted), bytes. Host order: the file
//          does not outlive the process.
// UNDO     positions count the run's writes from its first; those from its limit on are undone. So undoing is
//          lowering the limit.
// MEMORY   first and last key, and a filter of ten bits a key, charged to the tracker.
// THREADS  writing and undoing: the transaction's. Find and cursors: also those of parallel workers meanwhile.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "storage/kv/store.h"
#include "txn/key_filter.h"
#include "txn/write_cursor.h"
#include "txn/write_set.h"

namespace grizzly::txn {

// What a read by key found among own writes. The value is valid while `kept` is.
struct FoundWrite {
  bool deleted = false;
  CommandId command = 0;
  std::string_view value;
  std::shared_ptr<const void> kept;
};

class WriteRun : public std::enable_shared_from_this<WriteRun> {
 public:
  // Writes the file. `writes` has a write that is not undone; its first one has `first_position` in the
  // transaction. Throws 53100, 58030, 53200.
  WriteRun(storage::Store& store, const std::shared_ptr<WriteSet>& writes, size_t first_position,
           MemoryTracker* memory);

  size_t first_position() const { return first_position_; }
  // Undoes the writes from this position of the transaction on.
  void UndoTo(size_t position);
  bool TouchesRange(std::string_view from, std::string_view to) const {
    return first_key_ < to && std::string_view(last_key_) >= from;
  }
  bool Find(std::string_view key, uint64_t hash, CommandId command, FoundWrite* found) const;
  std::unique_ptr<WriteCursor> NewCursor(const WriteRange& range) const;

 private:
  friend class RunCursor;
  uint32_t limit() const { return limit_.load(std::memory_order_relaxed); }

  const size_t first_position_;
  std::atomic<uint32_t> limit_;
  std::weak_ptr<WriteSet> memory_set_;  // alive while cursors of before the move are
  KeyFilter filter_;
  std::string first_key_;
  std::string last_key_;
  std::unique_ptr<storage::SortedFile> file_;
  mutable std::mutex finding_;
  mutable std::unique_ptr<storage::StoreIterator> finder_;  // guarded by finding_
};

}  // namespace grizzly::txn
