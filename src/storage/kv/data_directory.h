// The data directory: ours alone, of a format we know.
//
// FORMAT   GRIZZLY_VERSION   kStoreFormatVersion in decimal and a newline; written first, synced; a
//                            second line "complete" once there is a store, which must be there then
//          GRIZZLY_LOCK      held (fcntl) while a server uses the directory
//          store/            RocksDB's files
//          Other files (configuration, certificates, a pid file) are the server's and none of ours.
// ERRORS   F0001 lock_file_exists: in use; F0000 config_file_error: not a directory, not accessible,
//          not empty but not ours, of a newer format; 53100, 58030.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>
#include <string>
#include <string_view>

namespace grizzly::storage {

class DataDirectory {
 public:
  // Locks the directory; makes it when it is missing, initialises it when it is empty.
  DataDirectory(std::string path, std::shared_ptr<rocksdb::FileSystem> file_system);
  ~DataDirectory();
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  std::string store_path() const { return path_ + "/store"; }
  const std::string& path() const { return path_; }
  // No store has been opened here yet: one may be created.
  bool is_new() const { return is_new_; }
  void MarkComplete();

 private:
  void MakeAccessible();
  void Lock();
  void CheckVersion();
  void CheckUsableForInitialisation();
  void WriteVersion(std::string_view second_line);
  [[noreturn]] void ThrowUnusable(const rocksdb::IOStatus& status, const char* doing) const;

  const std::string path_;
  const std::shared_ptr<rocksdb::FileSystem> fs_;
  rocksdb::FileLock* lock_ = nullptr;
  bool is_new_ = false;
};

}  // namespace grizzly::storage
