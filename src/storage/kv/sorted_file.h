// Sorted files on RocksDB's table format, in a folder of the data directory. Internal to storage/kv.
//
// They live in <data directory>/sorted; a file that was ingested has left it, what a crash leaves there is
// removed at the next start.
// THREADS  the folder: any; a writer: one at a time; a file: any.
#pragma once

#include <rocksdb/file_system.h>
#include <rocksdb/options.h>

#include <atomic>
#include <memory>
#include <string>

#include "storage/kv/store.h"

namespace grizzly::storage {

class RocksSortedFile final : public SortedFile {
 public:
  struct Reader;
  RocksSortedFile(std::string path, std::shared_ptr<rocksdb::FileSystem> file_system,
                  const rocksdb::Options& options);
  ~RocksSortedFile() override;
  std::unique_ptr<StoreIterator> NewIterator() override;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
  const std::shared_ptr<rocksdb::FileSystem> file_system_;
  const rocksdb::Options& options_;
  std::shared_ptr<Reader> reader_;  // opened by the first iterator
  std::atomic<bool> is_open_{false};
  std::mutex opening_;
};

class SortedFileFolder {
 public:
  // Makes the folder, or empties it. `options` are the store's; its Env must outlive the folder.
  SortedFileFolder(const std::string& data_directory,
                   std::shared_ptr<rocksdb::FileSystem> file_system,
                   const rocksdb::Options& options);
  std::unique_ptr<SortedFileWriter> NewWriter(SortedFileUse use);

 private:
  const std::string path_;
  const std::shared_ptr<rocksdb::FileSystem> file_system_;
  rocksdb::Options run_options_;
  rocksdb::Options ingestion_options_;
  std::atomic<uint64_t> next_number_{1};
};

}  // namespace grizzly::storage
