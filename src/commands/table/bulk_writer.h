// Writes many rows into a key range that nobody else can see yet: a new storage, a new index.
//
// Under READ COMMITTED they go straight to the store, with a commit timestamp of their own: the first ones in
// batches, covered by the commit's sync, since the store's log is in order; when there are more, as files of the
// store. Entries under one head whose keys ascend are written to files as they come, others are sorted first.
// So memory stays bounded whatever the size. Should the transaction roll back, the range is dropped (so is it, at
// once, when the statement fails). Under REPEATABLE READ the transaction's snapshot would not see them, and
// inside a savepoint they could not be undone alone: then they go to the write set.
// A crash before commit leaves an unreferenced range behind, as PostgreSQL leaves files.
// THREADS  the statement's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/command.h"
#include "commands/relation_lookup.h"

namespace grizzly::commands {

class BulkWriter {
 public:
  static constexpr size_t kBatchBytes = size_t{1} << 20;

  // `range` is empty, and registered to be dropped at rollback.
  BulkWriter(CommandInput& input, KeyRange range);
  // Drops the range when Finish was not reached.
  ~BulkWriter();
  BulkWriter(const BulkWriter&) = delete;
  BulkWriter& operator=(const BulkWriter&) = delete;

  // `value` starts with room for the commit timestamp. A key that was there is overwritten.
  void Put(std::string_view key, std::string_view value);
  // What was put can be read. From then on entries go in batches: who reads now will read again.
  void Flush();
  void Finish();

  bool is_direct() const { return batch_ != nullptr; }

 private:
  struct Stream;
  Stream& StreamOf(std::string_view key);
  void PutToFile(std::string_view key, std::string_view value);
  void WriteBatch();
  void TakeFilesIn();

  CommandInput& input_;
  const KeyRange range_;
  std::unique_ptr<storage::StoreBatch> batch_;  // null: to the write set
  std::string timestamp_;
  std::string value_;
  std::vector<std::unique_ptr<Stream>> streams_;  // one per key head
  uint64_t batched_bytes_ = 0;
  bool may_make_files_ = true;
  bool wrote_ = false;
  bool finished_ = false;
};

// Whether a range that is new in this transaction may be written past the write set.
bool MayWriteDirectly(const CommandInput& input);

}  // namespace grizzly::commands
