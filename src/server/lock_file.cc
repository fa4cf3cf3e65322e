#include "server/lock_file.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <ctime>

#include "base/error/sql_error.h"

namespace grizzly::server {
namespace {

constexpr int kAttempts = 100;
constexpr mode_t kFileMode = 0600;

std::string ReadAll(int file) {
  std::string text(4096, '\0');
  const ssize_t size = ::read(file, text.data(), text.size());
  text.resize(size > 0 ? size : 0);
  return text;
}

bool IsAlive(pid_t process) {
  // Our own or our parent's number in the file is a leftover of an earlier life (as in a container,
  // where the numbers begin anew).
  if (process == ::getpid() || process == ::getppid()) return false;
  return ::kill(process, 0) == 0 || (errno != ESRCH && errno != EPERM);
}

void WriteAll(int file, const std::string& path, std::string_view text) {
  errno = 0;
  if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(file) != 0) {
    const int failed = errno != 0 ? errno : ENOSPC;
    throw SqlError(failed == ENOSPC ? SqlState::kDiskFull : SqlState::kIoError,
                   fmt::format("could not write lock file \"{}\": {}", path, strerror(failed)))
        .Fatal();
  }
}

// Creates the file exclusively, replacing a stale one. `hint` is for the living owner's case.
void CreateLockFile(const std::string& path, const std::string& text,
                    const std::function<std::string(pid_t)>& hint) {
  int failed = 0;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode);
    if (made >= 0) {
      try {
        WriteAll(made, path, text);
      } catch (...) {
        ::close(made);
        ::unlink(path.c_str());
        throw;
      }
      ::close(made);
      return;
    }
    failed = errno;
    if (errno != EEXIST && errno != EACCES) {
      throw SqlError(SqlState::kIoError,
                     fmt::format("could not create lock file \"{}\": {}", path, strerror(errno)))
          .Fatal();
    }
    const int found = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (found < 0) {
      if (errno == ENOENT) continue;  // its owner has just removed it
      throw SqlError(SqlState::kIoError,
                     fmt::format("could not open lock file \"{}\": {}", path, strerror(errno)))
          .Fatal();
    }
    const std::string old_text = ReadAll(found);
    ::close(found);
    if (old_text.empty()) {
      throw SqlError(SqlState::kLockFileExists, fmt::format("lock file \"{}\" is empty", path))
          .Hint("Either another server is starting, or the lock file is the remnant of a previous "
                "server startup crash.")
          .Fatal();
    }
    const pid_t process = std::abs(std::atoi(old_text.c_str()));
    if (process == 0) {
      throw SqlError(SqlState::kLockFileExists,
                     fmt::format("bogus data in lock file \"{}\": \"{}\"", path, old_text.substr(0, old_text.find('\n'))))
          .Fatal();
    }
    if (IsAlive(process)) {
      throw SqlError(SqlState::kLockFileExists, fmt::format("lock file \"{}\" already exists", path))
          .Hint(hint(process))
          .Fatal();
    }
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
      throw SqlError(SqlState::kIoError,
                     fmt::format("could not remove old lock file \"{}\": {}", path, strerror(errno)))
          .Hint("The file seems accidentally left over, but it could not be removed. Please remove "
                "the file by hand and try again.")
          .Fatal();
    }
  }
  throw SqlError(failed == EACCES ? SqlState::kIoError : SqlState::kLockFileExists,
                 fmt::format("could not create lock file \"{}\": {}", path, strerror(failed)))
      .Fatal();
}

}  // namespace

DirectoryLockFile::DirectoryLockFile(const std::string& directory)
    : path_(directory + "/postmaster.pid"), directory_(directory), started_at_s_(std::time(nullptr)) {
  CreateLockFile(path_, fmt::format("{}\n{}\n{}\n{}\n", ::getpid(), directory_, started_at_s_, 0),
                 [&](pid_t process) {
                   return fmt::format("Is another postmaster (PID {}) running in data directory "
                                      "\"{}\"?",
                                      process, directory_);
                 });
}

DirectoryLockFile::~DirectoryLockFile() { Remove(); }

void DirectoryLockFile::Remove() { ::unlink(path_.c_str()); }

void DirectoryLockFile::SetListening(int port, std::string_view socket_directory,
                                     std::string_view address) {
  port_ = port;
  socket_directory_ = socket_directory;
  address_ = address;
  Write();
}

void DirectoryLockFile::SetStatus(std::string_view status) {
  status_ = status;
  Write();
}

void DirectoryLockFile::Write() {
  const int file = ::open(path_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (file < 0) return;  // removed by hand: nothing to keep up to date
  const std::string text =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n\n{:<8}\n", ::getpid(), directory_, started_at_s_, port_,
                  socket_directory_, address_, status_);
  try {
    WriteAll(file, path_, text);
  } catch (...) {
    ::close(file);
    throw;
  }
  ::close(file);
}

SocketLockFile::SocketLockFile(const std::string& socket_path, const std::string& data_directory,
                               int port, const std::string& socket_directory)
    : socket_path_(socket_path), path_(socket_path + ".lock") {
  CreateLockFile(path_,
                 fmt::format("{}\n{}\n{}\n{}\n{}\n", ::getpid(), data_directory, std::time(nullptr), port,
                             socket_directory),
                 [&](pid_t process) {
                   return fmt::format("Is another postmaster (PID {}) using socket file \"{}\"?",
                                      process, socket_path_);
                 });
}

SocketLockFile::~SocketLockFile() {
  ::unlink(socket_path_.c_str());
  ::unlink(path_.c_str());
}

}  // namespace grizzly::server
