// The Store on RocksDB. Internal to storage/kv.
//
// LATCH  A write whose log append or sync failed may or may not be on disk, and nobody can tell which;
//        from then on nothing is written until the server restarts and reads the log. Reads go on.
//        A full disk is another matter: what was not appended is not there. Writes stop, and each new one
//        looks whether there is space again; then the memtables are flushed, a new log begins (full_log.h), and
//        service goes on. The same for a background error of RocksDB (a flush into a full disk).
// GATE   Who writes holds it shared, who resumes alone: no write that began before the disk was full is still
//        under way while RocksDB is set right.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/listener.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <mutex>
#include <shared_mutex>

#include "storage/kv/data_directory.h"
#include "storage/kv/full_log.h"
#include "storage/kv/sorted_file.h"
#include "storage/kv/store.h"

namespace grizzly::storage {

struct PinnedValue::Pin {
  rocksdb::PinnableSlice slice;
};

class RocksBatch final : public StoreBatch {
 public:
  void Put(std::string_view key, std::string_view value) override;
  void PutParts(std::string_view key, std::string_view head, std::string_view tail) override;
  void Delete(std::string_view key) override;
  void DeleteRange(std::string_view from, std::string_view to) override;
  size_t byte_count() const override { return batch_.GetDataSize(); }
  size_t operation_count() const override { return batch_.Count(); }
  void Clear() override { batch_.Clear(); }
  rocksdb::WriteBatch& rocks() { return batch_; }

 private:
  rocksdb::WriteBatch batch_;
};

// Why writes are refused, if they are.
class WriteStop final : public rocksdb::EventListener {
 public:
  bool stopped() const { return stopped_.load(std::memory_order_acquire); }
  std::optional<std::string> reason() const;
  void StopForGood(const rocksdb::Status& status);
  void StopUntilSpace(const rocksdb::Status& status);
  // Null unless what stopped writes is a full disk.
  std::optional<std::string> full_disk() const;
  void GoOn();

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override;
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status error,
                            bool* auto_recovery) override;
  void OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& recovery) override;

 private:
  mutable std::mutex mutex_;
  std::atomic<bool> stopped_{false};
  bool for_good_ = false;  // guarded by mutex_
  bool full_disk_ = false;  // guarded by mutex_
  std::string reason_;     // guarded by mutex_
};

class RocksStore final : public Store {
 public:
  explicit RocksStore(const StoreOptions& options);
  ~RocksStore() override;

  std::unique_ptr<StoreSnapshot> GetSnapshot() override;
  uint64_t LatestSequence() const override { return db_->GetLatestSequenceNumber(); }
  bool Get(const StoreSnapshot* snapshot, std::string_view key, PinnedValue* value) override;
  std::unique_ptr<StoreIterator> NewIterator(const StoreSnapshot* snapshot, std::string_view from,
                                             std::string_view to, bool fill_cache) override;
  std::unique_ptr<StoreBatch> NewBatch() override { return std::make_unique<RocksBatch>(); }
  void Write(StoreBatch& batch, SyncMode sync) override;
  std::unique_ptr<SortedFileWriter> NewSortedFile(SortedFileUse use) override;
  void Ingest(std::vector<std::unique_ptr<SortedFile>> files) override;
  void SyncLog() override;
  void DropRange(std::string_view from, std::string_view to) override;
  void ReclaimRange(std::string_view from, std::string_view to) override;
  void CompactBehind(std::string_view from, std::string_view to) override;
  uint64_t ApproximateBytes(std::string_view from, std::string_view to) override;
  uint64_t ApproximateKeys(std::string_view from, std::string_view to) override;
  std::optional<std::string> WriteStopReason() const override { return write_stop_->reason(); }
  uint64_t BlockCacheBytes() const override { return cache_->GetCapacity(); }
  uint64_t MemoryBytes() const override;
  std::vector<std::pair<std::string, uint64_t>> Statistics() const override;
  void Flush() override;

 private:
  uint64_t MemtableBytes(std::string_view from, std::string_view to);
  void ThrowIfStopped() {
    if (write_stop_->stopped()) [[unlikely]] ThrowUnlessResumed();
  }
  void ThrowUnlessResumed();
  std::shared_lock<std::shared_mutex> EnterToWrite();
  bool CanWriteFiles();
  bool TryToResume();
  bool BeginNewLog();
  uint64_t MemtableBytes() const;
  [[noreturn]] void OnWriteFailed(const rocksdb::Status& status);

  const StoreMedium medium_;
  // In order of construction; destroyed the other way round.
  std::unique_ptr<DataDirectory> directory_;
  std::unique_ptr<rocksdb::Env> env_;
  std::shared_ptr<rocksdb::Cache> cache_;
  std::shared_ptr<WriteStop> write_stop_;
  std::shared_ptr<rocksdb::FileSystem> file_system_;
  const std::shared_ptr<FullLog> full_log_ = std::make_shared<FullLog>();
  std::shared_mutex gate_;
  std::shared_ptr<rocksdb::Statistics> statistics_;
  std::unique_ptr<SortedFileFolder> sorted_files_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace grizzly::storage
