// Files of statements that outgrow their memory: written once, read in order or by place, gone with their
// owner. They live in <data directory>/temporary, through the store's file system, and are not synced;
// what a crash leaves there is removed at the next start.
//
// THREADS  TemporaryFiles: any. A file: one at a time.
// ERRORS   58030 io_error, 53100 disk_full
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "storage/kv/store.h"

namespace grizzly::storage {

class TemporaryFile {
 public:
  virtual ~TemporaryFile() = default;  // removes it
  virtual void Append(std::string_view bytes) = 0;
  // Ends writing; from here on it can be read.
  virtual void Finish() = 0;
  // Reads exactly `bytes` from `offset` into `buffer`.
  virtual void Read(uint64_t offset, size_t bytes, char* buffer) = 0;
  virtual uint64_t size() const = 0;
};

class TemporaryFiles {
 public:
  // Makes the directory, or empties it.
  explicit TemporaryFiles(const StoreOptions& options);
  ~TemporaryFiles();
  std::unique_ptr<TemporaryFile> New();

 private:
  struct Directory;
  const std::unique_ptr<Directory> directory_;
  std::atomic<uint64_t> next_number_{1};
};

}  // namespace grizzly::storage
