#include "storage/kv/sorted_file.h"

#include <rocksdb/sst_file_reader.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>

#include <vector>

#include "storage/kv/rocks_error.h"

namespace grizzly::storage {

struct RocksSortedFile::Reader {
  explicit Reader(const rocksdb::Options& options) : table(options) {}
  rocksdb::SstFileReader table;
};

namespace {

constexpr const char* kWritingSorted = "write a sorted file";
constexpr const char* kReadingSorted = "read a sorted file";
constexpr const char* kSortedSuffix = ".sst";
constexpr size_t kRunReadaheadBytes = 16 << 10;

rocksdb::Slice SliceOf(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

class SortedFileIterator final : public StoreIterator {
 public:
  explicit SortedFileIterator(std::shared_ptr<RocksSortedFile::Reader> reader)
      : reader_(std::move(reader)) {
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    iterator_.reset(reader_->table.NewIterator(options));
  }

  bool Valid() const override {
    if (iterator_->Valid()) return true;
    ThrowUnlessOk(iterator_->status(), kReadingSorted);
    return false;
  }
  void Seek(std::string_view key) override { iterator_->Seek(SliceOf(key)); }
  void SeekForPrev(std::string_view key) override { iterator_->SeekForPrev(SliceOf(key)); }
  void SeekToLastBefore(std::string_view key) override {
    iterator_->SeekForPrev(SliceOf(key));
    if (iterator_->Valid() && iterator_->key().ToStringView() == key) iterator_->Prev();
  }
  void Next() override { iterator_->Next(); }
  void Prev() override { iterator_->Prev(); }
  std::string_view key() const override { return iterator_->key().ToStringView(); }
  std::string_view value() const override { return iterator_->value().ToStringView(); }

 private:
  const std::shared_ptr<RocksSortedFile::Reader> reader_;  // outlives its iterators
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

class RocksSortedFileWriter final : public SortedFileWriter {
 public:
  RocksSortedFileWriter(std::string path, std::shared_ptr<rocksdb::FileSystem> file_system,
                        const rocksdb::Options& options)
      : path_(std::move(path)),
        file_system_(std::move(file_system)),
        options_(options),
        writer_(rocksdb::EnvOptions(options), options, nullptr, /*invalidate_page_cache=*/false) {
    ThrowUnlessOk(writer_.Open(path_), kWritingSorted);
  }
  ~RocksSortedFileWriter() override {
    if (finished_) return;
    file_system_->DeleteFile(path_, rocksdb::IOOptions(), nullptr).PermitUncheckedError();
  }

  void Put(std::string_view key, std::string_view value) override {
    ThrowUnlessOk(writer_.Put(SliceOf(key), SliceOf(value)), kWritingSorted);
    is_empty_ = false;
  }
  void Delete(std::string_view key) override {
    ThrowUnlessOk(writer_.Delete(SliceOf(key)), kWritingSorted);
    is_empty_ = false;
  }
  void DeleteRange(std::string_view from, std::string_view to) override {
    ThrowUnlessOk(writer_.DeleteRange(SliceOf(from), SliceOf(to)), kWritingSorted);
    is_empty_ = false;
  }
  uint64_t byte_count() override { return writer_.FileSize(); }
  std::unique_ptr<SortedFile> Finish() override {
    if (is_empty_) return nullptr;
    ThrowUnlessOk(writer_.Finish(), kWritingSorted);
    finished_ = true;
    return std::make_unique<RocksSortedFile>(path_, file_system_, options_);
  }

 private:
  const std::string path_;
  const std::shared_ptr<rocksdb::FileSystem> file_system_;
  const rocksdb::Options& options_;
  rocksdb::SstFileWriter writer_;
  bool is_empty_ = true;
  bool finished_ = false;
};

}  // namespace

// ---- RocksSortedFile ----

RocksSortedFile::RocksSortedFile(std::string path, std::shared_ptr<rocksdb::FileSystem> file_system,
                                 const rocksdb::Options& options)
    : path_(std::move(path)), file_system_(std::move(file_system)), options_(options) {}

RocksSortedFile::~RocksSortedFile() {
  reader_.reset();
  // Gone already if it was ingested.
  file_system_->DeleteFile(path_, rocksdb::IOOptions(), nullptr).PermitUncheckedError();
}

std::unique_ptr<StoreIterator> RocksSortedFile::NewIterator() {
  if (!is_open_.load(std::memory_order_acquire)) {
    std::lock_guard lock(opening_);
    if (reader_ == nullptr) {
      auto reader = std::make_shared<Reader>(options_);
      ThrowUnlessOk(reader->table.Open(path_), kReadingSorted);
      reader_ = std::move(reader);
      is_open_.store(true, std::memory_order_release);
    }
  }
  return std::make_unique<SortedFileIterator>(reader_);
}

// ---- SortedFileFolder ----

namespace {

// Runs are read in order, hundreds of them at once: their blocks would only drive others out of the cache, and
// what a cursor reads ahead is there once for each. Who looks for a key has a filter of his own.
std::shared_ptr<rocksdb::TableFactory> RunTables(const rocksdb::Options& options) {
  auto table = *options.table_factory->GetOptions<rocksdb::BlockBasedTableOptions>();
  table.block_cache.reset();
  table.no_block_cache = true;
  table.cache_index_and_filter_blocks = false;
  table.filter_policy.reset();
  table.initial_auto_readahead_size = kRunReadaheadBytes;
  table.max_auto_readahead_size = kRunReadaheadBytes;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

}  // namespace

SortedFileFolder::SortedFileFolder(const std::string& data_directory,
                                   std::shared_ptr<rocksdb::FileSystem> file_system,
                                   const rocksdb::Options& options)
    : path_(data_directory + "/sorted"),
      file_system_(std::move(file_system)),
      run_options_(options),
      ingestion_options_(options) {
  run_options_.listeners.clear();
  ingestion_options_.listeners.clear();
  run_options_.bottommost_compression = rocksdb::kDisableCompressionOption;
  run_options_.table_factory = RunTables(options);
  ThrowUnlessOk(file_system_->CreateDirIfMissing(path_, rocksdb::IOOptions(), nullptr),
                "create the folder of sorted files");
  std::vector<std::string> left;
  ThrowUnlessOk(file_system_->GetChildren(path_, rocksdb::IOOptions(), &left, nullptr),
                "list sorted files");
  for (const std::string& name : left) {
    if (!name.ends_with(kSortedSuffix)) continue;
    ThrowUnlessOk(file_system_->DeleteFile(path_ + "/" + name, rocksdb::IOOptions(), nullptr),
                  "remove a sorted file");
  }
}

std::unique_ptr<SortedFileWriter> SortedFileFolder::NewWriter(SortedFileUse use) {
  return std::make_unique<RocksSortedFileWriter>(
      path_ + "/" + std::to_string(next_number_.fetch_add(1)) + kSortedSuffix, file_system_,
      use == SortedFileUse::kRun ? run_options_ : ingestion_options_);
}

}  // namespace grizzly::storage
