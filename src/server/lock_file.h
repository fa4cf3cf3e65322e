// The files that say "a server runs here": postmaster.pid in the data directory, and .lock beside a
// Unix socket. A file whose process is gone is stale and is replaced.
//
// FORMAT   postmaster.pid, one line each: process id, data directory, start time (seconds since 1970),
//          port, first Unix socket directory, first TCP address, shared memory key (empty), status
//          ("starting", "ready   ", "stopping"). A socket's lock file has the first five.
// ERRORS   FATAL 58P01/42501/F0001 lock_file_exists, in PostgreSQL's words.
// OWNS     its file: created by the constructor, removed by the destructor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace grizzly::server {

class DirectoryLockFile {
 public:
  explicit DirectoryLockFile(const std::string& directory);
  ~DirectoryLockFile();
  DirectoryLockFile(const DirectoryLockFile&) = delete;
  DirectoryLockFile& operator=(const DirectoryLockFile&) = delete;

  // Once the sockets are known.
  void SetListening(int port, std::string_view socket_directory, std::string_view address);
  void SetStatus(std::string_view status);
  // For a process about to end without its destructors.
  void Remove();

 private:
  void Write();

  const std::string path_;
  const std::string directory_;
  const int64_t started_at_s_;
  int port_ = 0;
  std::string socket_directory_;
  std::string address_;
  std::string status_ = "starting";
};

class SocketLockFile {
 public:
  SocketLockFile(const std::string& socket_path, const std::string& data_directory, int port,
                 const std::string& socket_directory);
  ~SocketLockFile();
  SocketLockFile(const SocketLockFile&) = delete;
  SocketLockFile& operator=(const SocketLockFile&) = delete;

 private:
  const std::string socket_path_;
  const std::string path_;
};

}  // namespace grizzly::server
