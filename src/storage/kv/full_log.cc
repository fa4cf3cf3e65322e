#include "storage/kv/full_log.h"

namespace grizzly::storage {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr std::string_view kLogSuffix = ".log";

// What stands for a log that could not be made.
class AbsentFile final : public rocksdb::FSWritableFile {
 public:
  explicit AbsentFile(IOStatus cause) : cause_(std::move(cause)) {}
  IOStatus Append(const Slice&, const IOOptions&, IODebugContext*) override { return cause_; }
  IOStatus Append(const Slice&, const IOOptions&, const rocksdb::DataVerificationInfo&,
                  IODebugContext*) override {
    return cause_;
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  bool IsSyncThreadSafe() const override { return true; }

 private:
  const IOStatus cause_;
};

class LogFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  LogFile(std::unique_ptr<rocksdb::FSWritableFile> base, std::shared_ptr<FullLog> full_log)
      : FSWritableFileOwnerWrapper(std::move(base)),
        full_log_(std::move(full_log)),
        number_(full_log_->NextLog()) {}

  IOStatus Append(const Slice& bytes, const IOOptions& options, IODebugContext* debug) override {
    if (has_gap_ || full_log_->is_full()) [[unlikely]] return Refused();
    IOStatus status = FSWritableFileOwnerWrapper::Append(bytes, options, debug);
    if (!status.IsNoSpace()) [[likely]] return status;
    full_log_->Close(status);
    return Refused();
  }
  IOStatus Append(const Slice& bytes, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return Append(bytes, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return AfterSync(FSWritableFileOwnerWrapper::Sync(options, debug));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return AfterSync(FSWritableFileOwnerWrapper::Fsync(options, debug));
  }

 private:
  IOStatus Refused() {
    if (has_gap_ && !full_log_->IsNewest(number_)) return IOStatus::OK();
    has_gap_ = true;
    return IOStatus::Busy("the disk is full");
  }
  // Nobody knows what is on disk after a sync that failed, for whatever reason: no case of "free some space".
  static IOStatus AfterSync(IOStatus status) {
    return status.IsNoSpace() ? IOStatus::IOError(status.ToString()) : status;
  }

  const std::shared_ptr<FullLog> full_log_;
  const uint64_t number_;
  std::atomic<bool> has_gap_{false};
};

class LogGuardingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  LogGuardingFileSystem(std::shared_ptr<rocksdb::FileSystem> base, std::shared_ptr<FullLog> full_log)
      : FileSystemWrapper(std::move(base)), full_log_(std::move(full_log)) {}
  const char* Name() const override { return "GrizzlyLogGuardingFileSystem"; }

  IOStatus NewWritableFile(const std::string& file, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override {
    IOStatus status = FileSystemWrapper::NewWritableFile(file, options, result, debug);
    if (!file.ends_with(kLogSuffix)) return status;
    if (status.IsNoSpace()) {
      *result = std::make_unique<AbsentFile>(status);
    } else if (!status.ok()) {
      return status;
    }
    *result = std::make_unique<LogFile>(std::move(*result), full_log_);
    return IOStatus::OK();
  }

 private:
  const std::shared_ptr<FullLog> full_log_;
};

}  // namespace

rocksdb::IOStatus FullLog::cause() const {
  std::lock_guard lock(mutex_);
  return cause_;
}

void FullLog::Close(const rocksdb::IOStatus& cause) {
  std::lock_guard lock(mutex_);
  if (!is_full()) cause_ = cause;
  is_full_.store(true, std::memory_order_release);
}

void FullLog::Reopen() { is_full_.store(false, std::memory_order_release); }

std::shared_ptr<rocksdb::FileSystem> WrapLogs(std::shared_ptr<rocksdb::FileSystem> base,
                                              std::shared_ptr<FullLog> full_log) {
  return std::make_shared<LogGuardingFileSystem>(std::move(base), std::move(full_log));
}

}  // namespace grizzly::storage
