#include "server/start.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/error/sql_error.h"
#include "base/memory/heap_keeper.h"
#include "server/default_files.h"
#include "server/server.h"

namespace grizzly::server {
namespace {

namespace fs = std::filesystem;

void Report(const SqlError& error) {
  Diagnostic report = error.diagnostic();
  report.severity = Severity::kFatal;
  log::Write(report);
}

void WriteNewFile(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) return;
  errno = file < 0 ? errno : 0;
  const bool written = file >= 0 && ::write(file, text.data(), text.size()) ==
                                        static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  const int failed = errno != 0 ? errno : ENOSPC;
  if (file >= 0) ::close(file);
  if (written) return;
  throw SqlError(failed == ENOSPC ? SqlState::kDiskFull : SqlState::kIoError,
                 fmt::format("could not write file \"{}\": {}", path, strerror(failed)))
      .Fatal();
}

std::string AbsoluteDirectory(const std::string& directory) {
  if (directory.empty()) {
    throw SqlError(SqlState::kConfigFileError,
                   "grizzlyd does not know where to find the database directory")
        .Hint("Give it with -D, or with the environment variable PGDATA.")
        .Fatal();
  }
  return fs::absolute(directory).lexically_normal().string();
}

// Whether nobody has kept data in it: configuration, certificates and the like may lie there.
bool IsFresh(const std::string& directory) {
  for (const auto& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    const std::string ending = entry.path().extension().string();
    if (name.starts_with('.') || name == "lost+found") continue;
    const auto kKnown = {".conf", ".pid", ".crt", ".key", ".pem", ".log"};
    if (std::find(kKnown.begin(), kKnown.end(), ending) == kKnown.end()) return false;
  }
  return true;
}

int Check(session::Instance& instance) {
  const std::vector<std::string> wrong = instance.CheckStoredData();
  for (const std::string& sentence : wrong) std::printf("%s\n", sentence.c_str());
  if (wrong.empty()) std::printf("all is well\n");
  return wrong.empty() ? 0 : 1;
}

int Run(CommandLine line, const OpenInstance& open) {
  ::umask(077);
  line.data_directory = AbsoluteDirectory(line.data_directory);
  if (!line.config_file.empty()) line.config_file = fs::absolute(line.config_file).string();
  PrepareDataDirectory(line.data_directory);
  // Before the lock file: settings that do not parse leave no trace.
  ServerSettings settings = LoadSettings(line);
  log::Configure(settings.log);
  log::Write(Severity::kLog, fmt::format("starting GrizzlyDB {}", kProductVersion));
  DirectoryLockFile lock_file(line.data_directory);
  if (IsFresh(line.data_directory)) {
    WriteDefaultFiles(line.data_directory);
    settings = LoadSettings(line);  // they may say more than nothing does
  }
  const std::unique_ptr<session::Instance> instance =
      open({line.data_directory, settings.config_file, settings.options, line.developer_fault});
  if (line.check) return Check(*instance);
  {
    Server server(line, std::move(settings), lock_file, *instance);
    server.Start(/*with_signals=*/true);
    server.Wait();
    log::Write(Severity::kLog, "shutting down");
  }
  return 0;
}

}  // namespace

void PrepareDataDirectory(const std::string& directory) {
  struct stat status;
  if (::stat(directory.c_str(), &status) != 0) {
    std::error_code failed;
    if (errno == ENOENT) fs::create_directories(directory, failed);
    if (errno != ENOENT || failed) {
      throw SqlError(SqlState::kConfigFileError,
                     fmt::format("could not create directory \"{}\": {}", directory,
                                 failed ? failed.message() : strerror(errno)))
          .Hint("Give a directory that the server may write to with -D.")
          .Fatal();
    }
    ::chmod(directory.c_str(), 0700);
    return;
  }
  if (!S_ISDIR(status.st_mode)) {
    throw SqlError(SqlState::kConfigFileError,
                   fmt::format("specified data directory \"{}\" is not a directory", directory))
        .Fatal();
  }
  if (status.st_uid != ::geteuid()) {
    throw SqlError(SqlState::kConfigFileError,
                   fmt::format("data directory \"{}\" has wrong ownership", directory))
        .Hint("The server must be started by the user that owns the data directory.")
        .Fatal();
  }
  if (fs::is_empty(directory)) ::chmod(directory.c_str(), 0700);
  if (::stat(directory.c_str(), &status) == 0 && (status.st_mode & (S_IWGRP | S_IRWXO)) != 0) {
    throw SqlError(SqlState::kConfigFileError,
                   fmt::format("data directory \"{}\" has invalid permissions", directory))
        .Detail("Permissions should be u=rwx (0700) or u=rwx,g=rx (0750).")
        .Fatal();
  }
}

void WriteDefaultFiles(const std::string& directory) {
  WriteNewFile(directory + "/pg_hba.conf", kDefaultHbaFile);
  WriteNewFile(directory + "/grizzlyd.conf", kDefaultConfigFile);
}

int RunServer(const std::vector<std::string>& arguments, const OpenInstance& open) {
  try {
    CommandLine line = ParseCommandLine(arguments);
    if (line.show_help) {
      std::fputs(HelpText().c_str(), stdout);
      return 0;
    }
    if (line.show_version) {
      std::printf("grizzlyd (GrizzlyDB) %s\n", std::string(kProductVersion).c_str());
      return 0;
    }
    const HeapKeeper heap_keeper;
    const int status = Run(std::move(line), open);
    log::Write(Severity::kLog, "database system is shut down");
    return status;
  } catch (const SqlError& error) {
    Report(error);
  } catch (const std::exception& error) {
    Report(SqlError(SqlState::kInternalError, error.what()));
  }
  return 1;
}

}  // namespace grizzly::server
