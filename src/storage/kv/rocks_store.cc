#include "storage/kv/rocks_store.h"

#include <rocksdb/convenience.h>
#include <rocksdb/experimental.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table_properties.h>

#include <fmt/format.h>

#include "base/blocking/blocking_section.h"
#include "storage/kv/file_system.h"
#include "storage/kv/rocks_error.h"
#include "storage/kv/rocks_iterator.h"
#include "storage/kv/rocks_options.h"

namespace grizzly::storage {
namespace {

constexpr const char* kReading = "read from the store";
constexpr size_t kProbeBytes = 4u << 20;  // what a log and a small table file take at once
// A full disk that has so much again, beside what memory holds, is tried.
constexpr uint64_t kFreeBytesToResume = 16u << 20;

rocksdb::Slice AsSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

class RocksSnapshot final : public StoreSnapshot {
 public:
  explicit RocksSnapshot(rocksdb::DB* db) : db_(db), snapshot_(db->GetSnapshot()) {}
  ~RocksSnapshot() override { db_->ReleaseSnapshot(snapshot_); }
  uint64_t sequence() const override { return snapshot_->GetSequenceNumber(); }
  const rocksdb::Snapshot* rocks() const { return snapshot_; }

 private:
  rocksdb::DB* const db_;
  const rocksdb::Snapshot* const snapshot_;
};

const rocksdb::Snapshot* RocksOf(const StoreSnapshot* snapshot) {
  return snapshot == nullptr ? nullptr : static_cast<const RocksSnapshot*>(snapshot)->rocks();
}

}  // namespace

// ---- PinnedValue ----

PinnedValue::PinnedValue() = default;
PinnedValue::~PinnedValue() = default;
PinnedValue::PinnedValue(PinnedValue&&) noexcept = default;
PinnedValue& PinnedValue::operator=(PinnedValue&&) noexcept = default;

void PinnedValue::Reset() {
  if (pin_ != nullptr) pin_->slice.Reset();
  view_ = {};
}

// ---- RocksBatch ----

void RocksBatch::Put(std::string_view key, std::string_view value) {
  ThrowUnlessOk(batch_.Put(AsSlice(key), AsSlice(value)), "gather a write");
}

void RocksBatch::PutParts(std::string_view key, std::string_view head, std::string_view tail) {
  const rocksdb::Slice key_part = AsSlice(key);
  const rocksdb::Slice value_parts[] = {AsSlice(head), AsSlice(tail)};
  ThrowUnlessOk(batch_.Put(rocksdb::SliceParts(&key_part, 1), rocksdb::SliceParts(value_parts, 2)),
                "gather a write");
}

void RocksBatch::Delete(std::string_view key) {
  ThrowUnlessOk(batch_.Delete(AsSlice(key)), "gather a write");
}

void RocksBatch::DeleteRange(std::string_view from, std::string_view to) {
  ThrowUnlessOk(batch_.DeleteRange(AsSlice(from), AsSlice(to)), "gather a write");
}

// ---- WriteStop ----

std::optional<std::string> WriteStop::reason() const {
  if (!stopped()) return std::nullopt;
  std::lock_guard lock(mutex_);
  return reason_;
}

void WriteStop::StopForGood(const rocksdb::Status& status) {
  std::lock_guard lock(mutex_);
  if (!for_good_) reason_ = status.ToString();
  for_good_ = true;
  stopped_.store(true, std::memory_order_release);
}

void WriteStop::StopUntilSpace(const rocksdb::Status& status) {
  std::lock_guard lock(mutex_);
  if (for_good_) return;
  reason_ = status.ToString();
  full_disk_ = true;
  stopped_.store(true, std::memory_order_release);
}

std::optional<std::string> WriteStop::full_disk() const {
  std::lock_guard lock(mutex_);
  if (for_good_ || !full_disk_) return std::nullopt;
  return reason_;
}

void WriteStop::GoOn() {
  std::lock_guard lock(mutex_);
  if (for_good_) return;
  full_disk_ = false;
  stopped_.store(false, std::memory_order_release);
}

void WriteStop::OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) {
  if (status->severity() < rocksdb::Status::Severity::kHardError) return;
  if (status->IsNoSpace()) return StopUntilSpace(*status);
  std::lock_guard lock(mutex_);
  if (!for_good_) reason_ = status->ToString();
  stopped_.store(true, std::memory_order_release);
}

// RocksDB would look for space every five seconds, and refuse to be told of it meanwhile.
void WriteStop::OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status error,
                                     bool* auto_recovery) {
  const bool stops_writes = error.severity() >= rocksdb::Status::Severity::kHardError;
  if (error.IsNoSpace() && stops_writes) *auto_recovery = false;
}

void WriteStop::OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& recovery) {
  std::lock_guard lock(mutex_);
  if (!recovery.new_bg_error.ok() || for_good_) return;
  full_disk_ = false;
  stopped_.store(false, std::memory_order_release);
}

// ---- RocksStore ----

std::unique_ptr<Store> Store::Open(const StoreOptions& options) {
  return std::make_unique<RocksStore>(options);
}

RocksStore::RocksStore(const StoreOptions& options) : medium_(options.medium) {
  std::shared_ptr<rocksdb::FileSystem> file_system = WrapLogs(OpenFileSystem(options), full_log_);
  file_system_ = file_system;
  directory_ = std::make_unique<DataDirectory>(options.directory, file_system);
  env_ = rocksdb::NewCompositeEnv(file_system);
  cache_ = MakeBlockCache(options);
  write_stop_ = std::make_shared<WriteStop>();
  rocksdb::Options rocks = MakeRocksOptions(options, env_.get(), cache_);
  rocks.listeners.push_back(write_stop_);
  rocks.create_if_missing = directory_->is_new();
  statistics_ = rocks.statistics;
  rocksdb::DB* db = nullptr;
  // What a start that never got to its end has left; nothing was promised of it.
  if (directory_->is_new()) {
    rocksdb::DestroyDB(directory_->store_path(), rocks).PermitUncheckedError();
  }
  const rocksdb::Status status = rocksdb::DB::Open(rocks, directory_->store_path(), &db);
  if (status.IsInvalidArgument() && !rocks.create_if_missing) {
    throw SqlError(SqlState::kDataCorrupted,
                   fmt::format("the store in data directory \"{}\" is missing", options.directory))
        .Detail(status.ToString())
        .Hint("Restore the data directory from a backup.");
  }
  ThrowUnlessOk(status, fmt::format("open the store in \"{}\"", options.directory));
  db_.reset(db);
  sorted_files_ = std::make_unique<SortedFileFolder>(options.directory, file_system, rocks);
  directory_->MarkComplete();
}

RocksStore::~RocksStore() {
  if (db_ == nullptr) return;
  // What was written without a sync is on disk after an orderly shutdown.
  if (!write_stop_->stopped()) db_->FlushWAL(/*sync=*/true).PermitUncheckedError();
  db_->Close().PermitUncheckedError();
}

std::unique_ptr<StoreSnapshot> RocksStore::GetSnapshot() {
  return std::make_unique<RocksSnapshot>(db_.get());
}

bool RocksStore::Get(const StoreSnapshot* snapshot, std::string_view key, PinnedValue* value) {
  if (value->pin_ == nullptr) value->pin_ = std::make_unique<PinnedValue::Pin>();
  rocksdb::PinnableSlice& slice = value->pin_->slice;
  slice.Reset();
  rocksdb::ReadOptions options;
  options.snapshot = RocksOf(snapshot);
  const rocksdb::Status status =
      db_->Get(options, db_->DefaultColumnFamily(), AsSlice(key), &slice);
  if (status.ok()) [[likely]] {
    value->view_ = slice.ToStringView();
    return true;
  }
  value->view_ = {};
  if (status.IsNotFound()) return false;
  throw ErrorOf(status, kReading);
}

std::unique_ptr<StoreIterator> RocksStore::NewIterator(const StoreSnapshot* snapshot,
                                                       std::string_view from, std::string_view to,
                                                       bool fill_cache) {
  return std::make_unique<RocksIterator>(db_.get(), RocksOf(snapshot), from, to, fill_cache);
}

// RocksDB flushes what is in memory, which the old log may not hold whole, and begins a new one. A Resume that
// meets a full disk is RocksDB's last: it calls the error fatal. So a file of our own goes first.
bool RocksStore::CanWriteFiles() {
  const std::string probe = directory_->store_path() + "/space_probe";
  std::unique_ptr<rocksdb::FSWritableFile> file;
  rocksdb::IOStatus status = file_system_->NewWritableFile(probe, rocksdb::FileOptions(), &file, nullptr);
  if (!status.ok()) return false;
  const rocksdb::IOOptions options;
  status = file->Append(std::string(kProbeBytes, '\0'), options, nullptr);
  if (status.ok()) status = file->Sync(options, nullptr);
  file->Close(options, nullptr).PermitUncheckedError();
  file_system_->DeleteFile(probe, options, nullptr).PermitUncheckedError();
  return status.ok();
}

// RocksDB changes logs with memtables, and keeps one that is empty. So there is an entry first, past the log: that
// a key nobody has is deleted.
bool RocksStore::BeginNewLog() {
  const rocksdb::IOStatus cause = full_log_->cause();
  full_log_->Reopen();
  rocksdb::WriteBatch entry;
  rocksdb::WriteOptions past_the_log;
  past_the_log.disableWAL = true;
  rocksdb::Status status = entry.Delete(rocksdb::Slice());
  if (status.ok()) status = db_->Write(past_the_log, &entry);
  if (status.ok()) status = db_->Flush(rocksdb::FlushOptions());
  if (!status.ok()) full_log_->Close(cause);
  return status.ok();
}

// With the gate to itself.
bool RocksStore::TryToResume() {
  const uint64_t needed_bytes = kFreeBytesToResume + MemtableBytes();
  uint64_t free_bytes = needed_bytes;  // memory does not know
  if (medium_ == StoreMedium::kDisk) {
    file_system_
        ->GetFreeSpace(directory_->store_path(), rocksdb::IOOptions(), &free_bytes, nullptr)
        .PermitUncheckedError();
  }
  if (free_bytes < needed_bytes || !CanWriteFiles() || !db_->Resume().ok()) return false;
  if (full_log_->is_full() && !BeginNewLog()) return false;
  write_stop_->GoOn();
  return true;
}

void RocksStore::ThrowUnlessResumed() {
  if (const auto full = write_stop_->full_disk()) {
    BlockingSection blocking;
    std::lock_guard alone(gate_);
    if (!write_stop_->stopped() || TryToResume()) return;
    throw ErrorOf(rocksdb::Status::NoSpace(*full), "write to the store");
  }
  if (!write_stop_->stopped()) return;
  throw SqlError(SqlState::kObjectNotInPrerequisiteState, "the store has stopped taking writes")
      .Detail(fmt::format("An earlier write failed: {}.", write_stop_->reason().value_or("")))
      .Hint("Repair the disk or free space on it, then restart the server.");
}

void RocksStore::OnWriteFailed(const rocksdb::Status& failure) {
  const rocksdb::Status status = failure.IsBusy() ? full_log_->cause() : failure;
  if (status.IsNoSpace()) {
    write_stop_->StopUntilSpace(status);
  } else if (status.IsIOError() || status.IsCorruption()) {
    write_stop_->StopForGood(status);
  }
  throw ErrorOf(status, "write to the log");
}

// The gate, to write; who stopped writes between the first look and the gate is looked for once more.
std::shared_lock<std::shared_mutex> RocksStore::EnterToWrite() {
  while (true) {
    ThrowIfStopped();
    std::shared_lock entered(gate_);
    if (!write_stop_->stopped()) [[likely]] return entered;
  }
}

void RocksStore::Write(StoreBatch& batch, SyncMode sync) {
  const auto entered = EnterToWrite();
  rocksdb::WriteBatch& rocks = static_cast<RocksBatch&>(batch).rocks();
  rocksdb::WriteOptions options;
  if (sync == SyncMode::kNone) {
    options.no_slowdown = true;  // does not sleep: refuses instead
    const rocksdb::Status status = db_->Write(options, &rocks);
    if (status.ok()) [[likely]] return;
    if (!status.IsIncomplete()) OnWriteFailed(status);
    options.no_slowdown = false;
  }
  options.sync = sync == SyncMode::kSync;
  BlockingSection blocking;
  const rocksdb::Status status = db_->Write(options, &rocks);
  if (!status.ok()) [[unlikely]] OnWriteFailed(status);
}

std::unique_ptr<SortedFileWriter> RocksStore::NewSortedFile(SortedFileUse use) {
  ThrowIfStopped();
  return sorted_files_->NewWriter(use);
}

void RocksStore::Ingest(std::vector<std::unique_ptr<SortedFile>> files) {
  if (files.empty()) return;
  // The log keeps the order of what is lost: nothing older may be lost once the files are on disk.
  SyncLog();
  BlockingSection blocking;
  const auto entered = EnterToWrite();
  std::vector<std::string> paths;
  for (const auto& file : files) paths.push_back(static_cast<RocksSortedFile&>(*file).path());
  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  options.write_global_seqno = false;
  // While there is a snapshot the files get a sequence number of their own, so that LatestSequence grows.
  const RocksSnapshot keeps_sequence(db_.get());
  const rocksdb::Status status = db_->IngestExternalFile(paths, options);
  if (!status.ok()) OnWriteFailed(status);
}

// An empty write, which stands in line with the others. RocksDB's SyncWAL does not, and ends the process when it
// meets a log whose last append has just failed.
void RocksStore::SyncLog() {
  RocksBatch nothing;
  Write(nothing, SyncMode::kSync);
}

void RocksStore::DropRange(std::string_view from, std::string_view to) {
  RocksBatch batch;
  batch.DeleteRange(from, to);
  Write(batch, SyncMode::kNone);
  ReclaimRange(from, to);
}

void RocksStore::ReclaimRange(std::string_view from, std::string_view to) {
  BlockingSection blocking;
  const rocksdb::Slice begin = AsSlice(from), end = AsSlice(to);
  rocksdb::Status status = rocksdb::DeleteFilesInRange(db_.get(), db_->DefaultColumnFamily(),
                                                       &begin, &end, /*include_end=*/false);
  ThrowUnlessOk(status, "remove a dropped range");
  status = rocksdb::experimental::SuggestCompactRange(db_.get(), &begin, &end);
  ThrowUnlessOk(status, "remove a dropped range");
}

void RocksStore::CompactBehind(std::string_view from, std::string_view to) {
  const rocksdb::Slice begin = AsSlice(from), end = AsSlice(to);
  ThrowUnlessOk(rocksdb::experimental::SuggestCompactRange(db_.get(), &begin, &end),
                "compact a range");
}

// Entries of the memtables times the size of some of the range's: RocksDB itself would take all entries of a
// memtable for equally large, and column segments are not.
uint64_t RocksStore::MemtableBytes(std::string_view from, std::string_view to) {
  constexpr uint64_t kSampledKeys = 16;
  uint64_t keys = 0, unused = 0;
  db_->GetApproximateMemTableStats({AsSlice(from), AsSlice(to)}, &keys, &unused);
  if (keys == 0) return 0;
  uint64_t sampled = 0, bytes = 0;
  RocksIterator iterator(db_.get(), nullptr, from, to, /*fill_cache=*/false);
  for (iterator.Seek(from); iterator.Valid() && sampled < kSampledKeys; iterator.Next()) {
    bytes += iterator.key().size() + iterator.value().size();
    ++sampled;
  }
  return sampled == 0 ? 0 : bytes * keys / sampled;
}

uint64_t RocksStore::ApproximateBytes(std::string_view from, std::string_view to) {
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = false;
  options.include_files = true;
  options.files_size_error_margin = 0.1;
  const rocksdb::Range range(AsSlice(from), AsSlice(to));
  uint64_t bytes = 0;
  ThrowUnlessOk(
      db_->GetApproximateSizes(options, db_->DefaultColumnFamily(), &range, 1, &bytes), kReading);
  return bytes + MemtableBytes(from, to);
}

uint64_t RocksStore::ApproximateKeys(std::string_view from, std::string_view to) {
  const rocksdb::Range range(AsSlice(from), AsSlice(to));
  uint64_t memtable_keys = 0, memtable_bytes = 0, file_bytes = 0;
  db_->GetApproximateMemTableStats(range, &memtable_keys, &memtable_bytes);
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = false;
  options.include_files = true;
  ThrowUnlessOk(
      db_->GetApproximateSizes(options, db_->DefaultColumnFamily(), &range, 1, &file_bytes),
      kReading);
  if (file_bytes == 0) return memtable_keys;
  rocksdb::TablePropertiesCollection tables;
  ThrowUnlessOk(db_->GetPropertiesOfTablesInRange(db_->DefaultColumnFamily(), &range, 1, &tables),
                kReading);
  // The files that touch the range give keys per byte; the range's bytes give the keys.
  uint64_t table_keys = 0, table_bytes = 0;
  for (const auto& [file, table] : tables) {
    table_keys += table->num_entries - std::min(table->num_entries, 2 * table->num_deletions);
    table_bytes += table->data_size;
  }
  if (table_bytes == 0) return memtable_keys;
  const double share = std::min(1.0, static_cast<double>(file_bytes) / table_bytes);
  return memtable_keys + static_cast<uint64_t>(share * static_cast<double>(table_keys));
}

uint64_t RocksStore::MemtableBytes() const {
  uint64_t bytes = 0;
  db_->GetIntProperty(rocksdb::DB::Properties::kSizeAllMemTables, &bytes);
  return bytes;
}

uint64_t RocksStore::MemoryBytes() const {
  uint64_t bytes = cache_->GetUsage();
  for (const std::string* property : {&rocksdb::DB::Properties::kSizeAllMemTables,
                                      &rocksdb::DB::Properties::kEstimateTableReadersMem}) {
    uint64_t value = 0;
    if (db_->GetIntProperty(*property, &value)) bytes += value;
  }
  return bytes;
}

std::vector<std::pair<std::string, uint64_t>> RocksStore::Statistics() const {
  using Properties = rocksdb::DB::Properties;
  const std::pair<const char*, const std::string*> kProperties[] = {
      {"memtable_bytes", &Properties::kSizeAllMemTables},
      {"table_file_bytes", &Properties::kTotalSstFilesSize},
      {"blob_file_bytes", &Properties::kTotalBlobFileSize},
      {"pending_compaction_bytes", &Properties::kEstimatePendingCompactionBytes},
      {"running_compactions", &Properties::kNumRunningCompactions},
      {"running_flushes", &Properties::kNumRunningFlushes},
      {"snapshots", &Properties::kNumSnapshots},
      {"estimated_keys", &Properties::kEstimateNumKeys},
      {"background_errors", &Properties::kBackgroundErrors},
      {"write_stopped", &Properties::kIsWriteStopped},
  };
  const std::pair<const char*, rocksdb::Tickers> kTickers[] = {
      {"block_cache_hits", rocksdb::BLOCK_CACHE_HIT},
      {"block_cache_misses", rocksdb::BLOCK_CACHE_MISS},
      {"bloom_filter_useful", rocksdb::BLOOM_FILTER_USEFUL},
      {"keys_read", rocksdb::NUMBER_KEYS_READ},
      {"keys_written", rocksdb::NUMBER_KEYS_WRITTEN},
      {"bytes_read", rocksdb::BYTES_READ},
      {"bytes_written", rocksdb::BYTES_WRITTEN},
      {"iterator_seeks", rocksdb::NUMBER_DB_SEEK},
      {"log_syncs", rocksdb::WAL_FILE_SYNCED},
      {"log_bytes", rocksdb::WAL_FILE_BYTES},
      {"log_writes_done_by_self", rocksdb::WRITE_DONE_BY_SELF},
      {"log_writes_done_by_other", rocksdb::WRITE_DONE_BY_OTHER},
      {"stall_us", rocksdb::STALL_MICROS},
      {"compaction_bytes_read", rocksdb::COMPACT_READ_BYTES},
      {"compaction_bytes_written", rocksdb::COMPACT_WRITE_BYTES},
      {"flush_bytes_written", rocksdb::FLUSH_WRITE_BYTES},
  };
  std::vector<std::pair<std::string, uint64_t>> pairs;
  pairs.emplace_back("block_cache_bytes", cache_->GetUsage());
  for (const auto& [name, property] : kProperties) {
    uint64_t value = 0;
    if (db_->GetIntProperty(*property, &value)) pairs.emplace_back(name, value);
  }
  for (const auto& [name, ticker] : kTickers) {
    pairs.emplace_back(name, statistics_->getTickerCount(ticker));
  }
  return pairs;
}

void RocksStore::Flush() {
  BlockingSection blocking;
  ThrowUnlessOk(db_->Flush(rocksdb::FlushOptions()), "flush the store");
}

}  // namespace grizzly::storage
