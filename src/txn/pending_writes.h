// All uncommitted writes of a transaction: the newest in memory, older ones in runs on disk once memory has
// had its share.
//
// Positions count writes over all of it, so savepoints need not know where their writes lie.
//
// MEMORY   charged to the tracker given to Open. A set that reaches its share, or that the tracker refuses to
//          let grow, becomes a run; 53200 only when what is in memory is too little to be worth a run.
// THREADS  one at a time; reads also from parallel workers while nobody writes.
// TESTS    tests/fuzz/txn_write_set_model.cc
#pragma once

#include <memory>
#include <vector>

#include "storage/kv/store.h"
#include "txn/transaction.h"
#include "txn/write_run.h"
#include "txn/write_set.h"

namespace grizzly::txn {

class PendingWrites {
 public:
  explicit PendingWrites(storage::Store& store);

  // Whom the next writes are charged to, and how much of them stays in memory.
  // `memory_bytes_max` outlives the writes and may change among them.
  void Open(MemoryTracker* memory, const size_t* memory_bytes_max);
  // Forgets everything and gives memory and files back.
  void Clear();

  void Put(std::string_view key, std::string_view value, CommandId command);
  void Delete(std::string_view key, CommandId command);

  // No write since Clear that was not undone.
  bool empty() const { return position() == 0; }
  bool has_runs() const { return !runs_.empty(); }
  // The writes in memory: all of them when there are no runs.
  const WriteSet& recent() const { return *recent_; }
  // Of those in memory.
  size_t byte_count() const { return recent_->byte_count(); }

  // A place in the history of writes, to undo back to.
  size_t position() const { return recent_first_ + recent_->position(); }
  void UndoTo(size_t position);

  // The newest version by a command before `command`.
  bool Find(std::string_view key, CommandId command, FoundWrite* found) const;
  // Null when no write may lie in the range.
  std::unique_ptr<WriteCursor> NewCursor(const WriteRange& range) const;
  // The newest version of every key.
  std::unique_ptr<WriteCursor> All() const;

 private:
  template <typename Add>
  void AddWrite(Add add);
  void MoveToRun();
  // Memory as for the first write; cursors may keep the old one.
  void RenewRecent();

  storage::Store& store_;
  MemoryTracker* memory_ = nullptr;
  const size_t* memory_bytes_max_ = nullptr;
  std::shared_ptr<WriteSet> recent_ = std::make_shared<WriteSet>();
  size_t recent_first_ = 0;  // position of the first write in memory
  std::vector<std::shared_ptr<WriteRun>> runs_;  // oldest first
};

}  // namespace grizzly::txn
