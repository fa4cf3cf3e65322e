// The log on a full disk: appends that find no space fail so that RocksDB can go on. Internal to storage/kv.
//
// RocksDB 7.8 calls a failed append an error of the whole store and keeps using the same log file, which then
// ends the process: an assertion in WritableFileWriter, as soon as another writer, a sync or a Resume with nothing
// in memory meets the file. An append that fails with Busy is one failed write to it, no more. So that is what it
// is told, and the rest is here:
//   - a log that missed an append takes no other one, nothing may follow the gap; nor does any later log, until
//     Reopen(). Writers already under way fail the same way.
//   - once RocksDB has begun a newer log, what is still buffered for the one with the gap are writes that failed:
//     they are dropped.
// Who calls Reopen() makes RocksDB begin a new log and write out what is in memory, so that nothing is ever
// recovered from a log with a gap and one after it.
// A log that cannot even be made (no space for its name) is one that takes no append.
//
// THREADS  any.
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <mutex>

namespace grizzly::storage {

class FullLog {
 public:
  bool is_full() const { return is_full_.load(std::memory_order_acquire); }
  // What the first append since Reopen that found no space was told.
  rocksdb::IOStatus cause() const;

  void Close(const rocksdb::IOStatus& cause);
  void Reopen();

  uint64_t NextLog() { return newest_.fetch_add(1) + 1; }
  bool IsNewest(uint64_t log) const { return newest_.load() == log; }

 private:
  std::atomic<bool> is_full_{false};
  std::atomic<uint64_t> newest_{0};
  mutable std::mutex mutex_;
  rocksdb::IOStatus cause_;  // guarded by mutex_
};

// `base`, with log files that behave as said above.
std::shared_ptr<rocksdb::FileSystem> WrapLogs(std::shared_ptr<rocksdb::FileSystem> base,
                                              std::shared_ptr<FullLog> full_log);

}  // namespace grizzly::storage
