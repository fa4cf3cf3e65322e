// The ordered key-value store below everything: one RocksDB, reached only through here.
//
// Keys compare as bytes. A write batch is atomic and becomes visible as a whole. Snapshots are
// RocksDB's sequence numbers and cost next to nothing. All file access goes through the FileSystem
// the store was opened with (disk, memory, fault injection).
//
// THREADS  every member from any thread. An iterator and a batch belong to one thread at a time.
// ERRORS   SqlError: 58030 io_error, XX001 data_corrupted, 53100 disk_full, 55000 after a failed sync
//          ("the store has stopped taking writes"), F0000 config_file_error for a data directory that
//          cannot be used. "Not found" is an empty optional.
// SOURCE   RocksDB 7.8
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grizzly::storage {

// Format of everything below the data directory. A newer one is refused, an older one upgraded.
inline constexpr uint32_t kStoreFormatVersion = 1;

enum class StoreMedium : uint8_t {
  kDisk,
  kMemory,  // nothing survives Close; for tests
};

class FaultInjector;  // storage/kv/fault_injection.h; null in production

struct StoreOptions {
  std::string directory;
  StoreMedium medium = StoreMedium::kDisk;
  FaultInjector* faults = nullptr;
  uint64_t block_cache_bytes = 256u << 20;
  uint64_t write_buffer_bytes = 128u << 20;
  int background_jobs_max = 2;
  uint64_t blob_bytes_min = 4096;  // values from this size go to blob files
};

// A point in the store's history. Holds back compaction while it lives.
class StoreSnapshot {
 public:
  virtual ~StoreSnapshot() = default;
  virtual uint64_t sequence() const = 0;
};

// A value read from the store, pinned in its block: valid while this object lives.
class PinnedValue {
 public:
  PinnedValue();
  ~PinnedValue();
  PinnedValue(PinnedValue&&) noexcept;
  PinnedValue& operator=(PinnedValue&&) noexcept;
  std::string_view view() const { return view_; }
  void Reset();

 private:
  friend class RocksStore;
  struct Pin;
  std::unique_ptr<Pin> pin_;  // reused from read to read
  std::string_view view_;
};

class StoreIterator {
 public:
  virtual ~StoreIterator() = default;
  virtual bool Valid() const = 0;  // false at the end; throws if the store had an error
  virtual void Seek(std::string_view key) = 0;         // first key >= key
  virtual void SeekForPrev(std::string_view key) = 0;  // last key <= key
  virtual void SeekToLastBefore(std::string_view key) = 0;  // last key < key
  virtual void Next() = 0;
  virtual void Prev() = 0;
  virtual std::string_view key() const = 0;    // valid until the iterator moves
  virtual std::string_view value() const = 0;
};

class StoreBatch {
 public:
  virtual ~StoreBatch() = default;
  virtual void Put(std::string_view key, std::string_view value) = 0;
  // The value in two parts, written one after the other.
  virtual void PutParts(std::string_view key, std::string_view head, std::string_view tail) = 0;
  virtual void Delete(std::string_view key) = 0;
  virtual void DeleteRange(std::string_view from, std::string_view to) = 0;  // [from, to)
  virtual size_t byte_count() const = 0;
  virtual size_t operation_count() const = 0;
  virtual void Clear() = 0;
};

// A file of keys beside the store, in order: a run of a transaction's writes, or what is to be ingested.
// It is gone with the object. Iterators of one file may be used by different threads.
class SortedFile {
 public:
  virtual ~SortedFile() = default;
  virtual std::unique_ptr<StoreIterator> NewIterator() = 0;
};

class SortedFileWriter {
 public:
  virtual ~SortedFileWriter() = default;  // what was not finished is removed
  // Keys ascend. Throws 53100, 58030.
  virtual void Put(std::string_view key, std::string_view value) = 0;
  virtual void Delete(std::string_view key) = 0;
  virtual void DeleteRange(std::string_view from, std::string_view to) = 0;
  virtual uint64_t byte_count() = 0;
  virtual std::unique_ptr<SortedFile> Finish() = 0;  // null when it is empty
};

enum class SortedFileUse : uint8_t {
  kRun,        // read again soon: light compression
  kIngestion,  // becomes part of the store
};

enum class SyncMode : uint8_t {
  kNone,  // in the log's buffer and visible; a later synced write covers it
  kSync,  // on disk before Write returns; concurrent writers share the sync (group commit)
};

class Store {
 public:
  virtual ~Store() = default;

  // Opens or creates. Throws F0000/55000 with a sentence that says what to do: directory in use,
  // unreadable, of another format, disk full.
  static std::unique_ptr<Store> Open(const StoreOptions& options);

  virtual std::unique_ptr<StoreSnapshot> GetSnapshot() = 0;
  // Grows with each write. A snapshot of this sequence sees what a new one would see.
  virtual uint64_t LatestSequence() const = 0;
  // At the snapshot, or the latest when it is null. False when there is no such key.
  virtual bool Get(const StoreSnapshot* snapshot, std::string_view key, PinnedValue* value) = 0;
  // Keys in [from, to); both bounds are copied. `fill_cache` off for big scans.
  virtual std::unique_ptr<StoreIterator> NewIterator(const StoreSnapshot* snapshot,
                                                     std::string_view from, std::string_view to,
                                                     bool fill_cache = true) = 0;
  virtual std::unique_ptr<StoreBatch> NewBatch() = 0;
  virtual void Write(StoreBatch& batch, SyncMode sync) = 0;
  virtual std::unique_ptr<SortedFileWriter> NewSortedFile(SortedFileUse use) = 0;
  // Makes the keys of all the files part of the store: atomic, visible as a whole, on disk when it returns.
  // Their ranges must not overlap.
  virtual void Ingest(std::vector<std::unique_ptr<SortedFile>> files) = 0;
  // Everything written so far is on disk when it returns.
  virtual void SyncLog() = 0;
  // Removes [from, to): a range tombstone now, then ReclaimRange.
  virtual void DropRange(std::string_view from, std::string_view to) = 0;
  // Frees the space of a range that is deleted already: whole files at once (even those that a snapshot
  // could still read), the rest by compaction in the background.
  virtual void ReclaimRange(std::string_view from, std::string_view to) = 0;
  // Has the files of [from, to) compacted in the background: overwritten and deleted versions go.
  virtual void CompactBehind(std::string_view from, std::string_view to) = 0;
  virtual uint64_t ApproximateBytes(std::string_view from, std::string_view to) = 0;
  virtual uint64_t ApproximateKeys(std::string_view from, std::string_view to) = 0;
  // Null while writes are taken; else why not.
  virtual std::optional<std::string> WriteStopReason() const = 0;
  // What the block cache may hold.
  virtual uint64_t BlockCacheBytes() const = 0;
  // Memory it holds: block cache, memtables, table readers.
  virtual uint64_t MemoryBytes() const = 0;
  // (name, value) pairs for metrics.
  virtual std::vector<std::pair<std::string, uint64_t>> Statistics() const = 0;
  // Flushes memtables (for tests and clean shutdown).
  virtual void Flush() = 0;
};

}  // namespace grizzly::storage
