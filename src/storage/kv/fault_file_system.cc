// The file system that asks a FaultInjector before every operation and tells it what got through.
#include <atomic>

#include "storage/kv/fault_state.h"
#include "storage/kv/file_system.h"

namespace grizzly::storage {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using FaultState = FaultInjector::State;

class FaultyWritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyWritableFile(std::unique_ptr<rocksdb::FSWritableFile> base, std::string name,
                     uint64_t size, FaultState& state)
      : FSWritableFileOwnerWrapper(std::move(base)),
        name_(std::move(name)),
        size_(size),
        state_(state) {}

  IOStatus Append(const Slice& bytes, const IOOptions& options, IODebugContext* debug) override {
    IOStatus status = state_.Enter(kFileAppend, name_);
    if (status.ok()) status = FSWritableFileOwnerWrapper::Append(bytes, options, debug);
    if (status.ok()) state_.OnAppended(name_, size_ += bytes.size());
    state_.Leave();
    return status;
  }
  IOStatus Append(const Slice& bytes, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return Append(bytes, options, debug);
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    IOStatus status = FSWritableFileOwnerWrapper::Truncate(size, options, debug);
    if (status.ok()) state_.OnTruncated(name_, size_ = size);
    return status;
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return Synced([&] { return FSWritableFileOwnerWrapper::Sync(options, debug); });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Synced([&] { return FSWritableFileOwnerWrapper::Fsync(options, debug); });
  }

  // The in-memory file says no, though its Sync does nothing; syncing the log alone needs a yes.
  bool IsSyncThreadSafe() const override { return true; }

 private:
  template <typename SyncBase>
  IOStatus Synced(SyncBase sync_base) {
    const uint64_t size_at_sync = size_;  // appends may go on meanwhile
    IOStatus status = state_.Enter(kFileSync, name_);
    if (status.ok()) status = sync_base();
    if (status.ok()) state_.OnSynced(name_, size_at_sync);
    state_.Leave();
    return status;
  }

  const std::string name_;
  std::atomic<uint64_t> size_;
  FaultState& state_;
};

class FaultyRandomAccessFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  FaultyRandomAccessFile(std::unique_ptr<rocksdb::FSRandomAccessFile> base, std::string name,
                         FaultState& state)
      : FSRandomAccessFileOwnerWrapper(std::move(base)), name_(std::move(name)), state_(state) {}

  IOStatus Read(uint64_t offset, size_t n, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) const override {
    IOStatus status = state_.Enter(kFileRead, name_);
    if (!status.ok()) return status;
    return FSRandomAccessFileOwnerWrapper::Read(offset, n, options, result, scratch, debug);
  }

 private:
  const std::string name_;
  FaultState& state_;
};

class FaultyDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  FaultyDirectory(std::unique_ptr<rocksdb::FSDirectory> base, std::string name, FaultState& state)
      : FSDirectoryWrapper(std::move(base)), name_(std::move(name)), state_(state) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    IOStatus status = state_.Enter(kDirectorySync, name_);
    if (status.ok()) status = FSDirectoryWrapper::Fsync(options, debug);
    if (status.ok()) state_.OnDirectorySynced(name_);
    state_.Leave();
    return status;
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, debug);
  }

 private:
  const std::string name_;
  FaultState& state_;
};

class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  FaultyFileSystem(std::shared_ptr<rocksdb::FileSystem> base, FaultState& state)
      : FileSystemWrapper(std::move(base)), state_(state) {}
  const char* Name() const override { return "GrizzlyFaultyFileSystem"; }

  IOStatus NewWritableFile(const std::string& file, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override {
    IOStatus status = state_.Enter(kFileCreate, file);
    if (status.ok()) status = FileSystemWrapper::NewWritableFile(file, options, result, debug);
    if (!status.ok()) return status;
    state_.OnCreated(file);
    state_.Leave();
    *result = std::make_unique<FaultyWritableFile>(std::move(*result), file, 0, state_);
    return status;
  }
  // Reopening and recycling would need the old size and sync state; a fresh file is always right.
  IOStatus ReopenWritableFile(const std::string&, const FileOptions&,
                              std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) override {
    return IOStatus::NotSupported("ReopenWritableFile");
  }
  IOStatus ReuseWritableFile(const std::string& file, const std::string& old_file,
                             const FileOptions& options,
                             std::unique_ptr<rocksdb::FSWritableFile>* result,
                             IODebugContext* debug) override {
    IOStatus status = DeleteFile(old_file, IOOptions(), debug);
    return status.ok() ? NewWritableFile(file, options, result, debug) : status;
  }
  IOStatus NewRandomAccessFile(const std::string& file, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext* debug) override {
    IOStatus status = FileSystemWrapper::NewRandomAccessFile(file, options, result, debug);
    if (!status.ok()) return status;
    *result = std::make_unique<FaultyRandomAccessFile>(std::move(*result), file, state_);
    return status;
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext* debug) override {
    IOStatus status = FileSystemWrapper::NewDirectory(name, options, result, debug);
    if (status.ok()) *result = std::make_unique<FaultyDirectory>(std::move(*result), name, state_);
    return status;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
    IOStatus status = state_.Enter(kFileRename, from);
    if (status.ok()) status = FileSystemWrapper::RenameFile(from, to, options, debug);
    if (status.ok()) state_.OnRenamed(from, to);
    state_.Leave();
    return status;
  }
  IOStatus DeleteFile(const std::string& file, const IOOptions& options,
                      IODebugContext* debug) override {
    IOStatus status = state_.Enter(kFileDelete, file);
    if (status.ok()) status = FileSystemWrapper::DeleteFile(file, options, debug);
    if (status.ok()) state_.OnDeleted(file);
    state_.Leave();
    return status;
  }
  // What is linked is not what was created and synced here; who links, copies instead.
  IOStatus LinkFile(const std::string&, const std::string&, const IOOptions&,
                    IODebugContext*) override {
    return IOStatus::NotSupported("LinkFile");
  }

 private:
  FaultState& state_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> WrapWithFaults(std::shared_ptr<rocksdb::FileSystem> base,
                                                    FaultInjector& faults) {
  return std::make_shared<FaultyFileSystem>(std::move(base), faults.state());
}

}  // namespace grizzly::storage
