#include "storage/kv/data_directory.h"

#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "storage/kv/rocks_error.h"
#include "storage/kv/store.h"

namespace grizzly::storage {
namespace {

const rocksdb::IOOptions kIoOptions;
constexpr const char* kVersionFile = "/GRIZZLY_VERSION";
constexpr const char* kLockFile = "/GRIZZLY_LOCK";
constexpr const char* kCompleteLine = "complete\n";

// What may lie in a data directory before it is initialised: what an operator or the server puts
// there. Anything else means that the directory belongs to somebody else.
bool IsForeign(const std::string& name) {
  if (name.starts_with('.') || name == "lost+found" || name == kLockFile + 1) return false;
  for (const char* ending : {".conf", ".pid", ".opts", ".crt", ".key", ".pem", ".log"}) {
    if (name.ends_with(ending)) return false;
  }
  return true;
}

}  // namespace

DataDirectory::DataDirectory(std::string path, std::shared_ptr<rocksdb::FileSystem> file_system)
    : path_(std::move(path)), fs_(std::move(file_system)) {
  MakeAccessible();
  // Before the lock file is made: nothing is left behind in somebody else's directory.
  if (fs_->FileExists(path_ + kVersionFile, kIoOptions, nullptr).IsNotFound()) {
    CheckUsableForInitialisation();
  }
  Lock();
  try {
    CheckVersion();
  } catch (...) {
    fs_->UnlockFile(lock_, kIoOptions, nullptr).PermitUncheckedError();
    throw;
  }
}

DataDirectory::~DataDirectory() {
  fs_->UnlockFile(lock_, kIoOptions, nullptr).PermitUncheckedError();
}

void DataDirectory::ThrowUnusable(const rocksdb::IOStatus& status, const char* doing) const {
  if (status.IsNoSpace()) throw ErrorOf(status, doing);
  throw SqlError(SqlState::kConfigFileError,
                 fmt::format("could not {} data directory \"{}\"", doing, path_))
      .Detail(status.ToString())
      .Hint("The directory must exist or be creatable, and the user that runs the server must own "
            "it and be able to read and write it.");
}

void DataDirectory::MakeAccessible() {
  bool is_directory = false;
  rocksdb::IOStatus status = fs_->FileExists(path_, kIoOptions, nullptr);
  if (status.IsNotFound()) {
    // Parents too, as initdb does; the in-memory file system has no tree of its own.
    for (size_t slash = path_.find('/', 1);; slash = path_.find('/', slash + 1)) {
      status = fs_->CreateDirIfMissing(path_.substr(0, slash), kIoOptions, nullptr);
      if (!status.ok()) ThrowUnusable(status, "create");
      if (slash == std::string::npos) break;
    }
    std::error_code ignored;  // the in-memory one is not there
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    return;
  }
  if (!status.ok()) ThrowUnusable(status, "access");
  status = fs_->IsDirectory(path_, kIoOptions, &is_directory, nullptr);
  if (status.ok() && !is_directory) {
    throw SqlError(SqlState::kConfigFileError,
                   fmt::format("data directory \"{}\" is not a directory", path_))
        .Hint("Give another directory with -D.");
  }
}

void DataDirectory::Lock() {
  const rocksdb::IOStatus status = fs_->LockFile(path_ + kLockFile, kIoOptions, &lock_, nullptr);
  if (status.ok()) return;
  if (status.IsNoSpace()) throw ErrorOf(status, "lock the data directory");
  // A directory that cannot be written fails on opening the file, a held lock on locking it.
  const std::string text = status.ToString();
  if (text.find("lock") == std::string::npos || text.find("ermission denied") != std::string::npos ||
      text.find("Read-only") != std::string::npos) {
    ThrowUnusable(status, "write to");
  }
  throw SqlError(SqlState::kLockFileExists,
                 fmt::format("data directory \"{}\" is in use by another server", path_))
      .Hint("Stop the other server, or give another directory with -D.");
}

void DataDirectory::CheckVersion() {
  const std::string file = path_ + kVersionFile;
  rocksdb::IOStatus status = fs_->FileExists(file, kIoOptions, nullptr);
  if (status.IsNotFound()) {
    CheckUsableForInitialisation();
    WriteVersion("");
    is_new_ = true;
    return;
  }
  std::string text;
  status = rocksdb::ReadFileToString(fs_.get(), file, &text);
  if (!status.ok()) ThrowUnusable(status, "read");
  uint32_t version = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), version);
  if (parsed.ec != std::errc() || version == 0) {
    throw SqlError(SqlState::kDataCorrupted,
                   fmt::format("file \"{}\" does not hold a format version", file))
        .Hint("Restore the data directory from a backup.");
  }
  if (version > kStoreFormatVersion) {
    throw SqlError(SqlState::kConfigFileError,
                   fmt::format("data directory \"{}\" has format version {}, but this server knows "
                               "only versions up to {}",
                               path_, version, kStoreFormatVersion))
        .Hint("Start the newer GrizzlyDB that wrote it, or give another directory with -D.");
  }
  is_new_ = text.find(kCompleteLine) == std::string::npos;
}

void DataDirectory::MarkComplete() {
  if (!is_new_) return;
  WriteVersion(kCompleteLine);
  is_new_ = false;
}

void DataDirectory::CheckUsableForInitialisation() {
  std::vector<std::string> names;
  const rocksdb::IOStatus status = fs_->GetChildren(path_, kIoOptions, &names, nullptr);
  if (!status.ok()) ThrowUnusable(status, "read");
  const auto foreign = std::find_if(names.begin(), names.end(), IsForeign);
  if (foreign == names.end()) return;
  throw SqlError(SqlState::kConfigFileError,
                 fmt::format("directory \"{}\" is not empty and not a GrizzlyDB data directory",
                             path_))
      .Detail(fmt::format("It contains \"{}\".", *foreign))
      .Hint(fmt::format("Remove or empty the directory \"{}\", or give another one with -D.",
                        path_));
}

void DataDirectory::WriteVersion(std::string_view second_line) {
  const std::string file = path_ + kVersionFile;
  const std::string temporary = path_ + "/.version.new";
  rocksdb::IOStatus status = rocksdb::WriteStringToFile(
      fs_.get(), fmt::format("{}\n{}", kStoreFormatVersion, second_line), temporary, /*should_sync=*/true);
  if (status.ok()) status = fs_->RenameFile(temporary, file, kIoOptions, nullptr);
  std::unique_ptr<rocksdb::FSDirectory> directory;
  if (status.ok()) status = fs_->NewDirectory(path_, kIoOptions, &directory, nullptr);
  if (status.ok()) status = directory->Fsync(kIoOptions, nullptr);
  if (!status.ok()) ThrowUnusable(status, "initialise");
}

}  // namespace grizzly::storage
