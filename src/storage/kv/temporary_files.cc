#include "storage/kv/temporary_files.h"

#include <rocksdb/file_system.h>

#include <vector>

#include "base/error/sql_error.h"
#include "storage/kv/file_system.h"
#include "storage/kv/rocks_error.h"

namespace grizzly::storage {

struct TemporaryFiles::Directory {
  std::shared_ptr<rocksdb::FileSystem> files;
  std::string path;
};

namespace {

class RocksTemporaryFile final : public TemporaryFile {
 public:
  RocksTemporaryFile(std::shared_ptr<rocksdb::FileSystem> files, std::string path)
      : files_(std::move(files)), path_(std::move(path)) {
    ThrowUnlessOk(files_->NewWritableFile(path_, rocksdb::FileOptions(), &writer_, nullptr),
                  "create a temporary file");
  }
  ~RocksTemporaryFile() override {
    if (writer_ != nullptr) writer_->Close(rocksdb::IOOptions(), nullptr).PermitUncheckedError();
    reader_.reset();
    files_->DeleteFile(path_, rocksdb::IOOptions(), nullptr).PermitUncheckedError();
  }

  void Append(std::string_view bytes) override {
    ThrowUnlessOk(writer_->Append(rocksdb::Slice(bytes.data(), bytes.size()), rocksdb::IOOptions(),
                                  nullptr),
                  "write a temporary file");
    size_ += bytes.size();
  }
  void Finish() override {
    ThrowUnlessOk(writer_->Close(rocksdb::IOOptions(), nullptr), "write a temporary file");
    writer_.reset();
    ThrowUnlessOk(
        files_->NewRandomAccessFile(path_, rocksdb::FileOptions(), &reader_, nullptr),
        "open a temporary file");
  }
  void Read(uint64_t offset, size_t bytes, char* buffer) override {
    rocksdb::Slice read;
    ThrowUnlessOk(reader_->Read(offset, bytes, rocksdb::IOOptions(), &read, buffer, nullptr),
                  "read a temporary file");
    if (read.size() != bytes) {
      throw SqlError(SqlState::kDataCorrupted, "a temporary file is shorter than written");
    }
    if (read.data() != buffer) std::memcpy(buffer, read.data(), bytes);
  }
  uint64_t size() const override { return size_; }

 private:
  const std::shared_ptr<rocksdb::FileSystem> files_;
  const std::string path_;
  std::unique_ptr<rocksdb::FSWritableFile> writer_;
  std::unique_ptr<rocksdb::FSRandomAccessFile> reader_;
  uint64_t size_ = 0;
};

}  // namespace

TemporaryFiles::TemporaryFiles(const StoreOptions& options)
    : directory_(std::make_unique<Directory>()) {
  directory_->files = OpenFileSystem(options);
  if (directory_->files == nullptr) directory_->files = rocksdb::FileSystem::Default();
  directory_->path = options.directory + "/temporary";
  ThrowUnlessOk(directory_->files->CreateDirIfMissing(directory_->path, rocksdb::IOOptions(),
                                                      nullptr),
                "create the directory of temporary files");
  std::vector<std::string> left;
  ThrowUnlessOk(directory_->files->GetChildren(directory_->path, rocksdb::IOOptions(), &left,
                                               nullptr),
                "list temporary files");
  for (const std::string& name : left) {
    if (!name.starts_with("spill.")) continue;
    ThrowUnlessOk(directory_->files->DeleteFile(directory_->path + "/" + name,
                                                rocksdb::IOOptions(), nullptr),
                  "remove a temporary file");
  }
}

TemporaryFiles::~TemporaryFiles() = default;

std::unique_ptr<TemporaryFile> TemporaryFiles::New() {
  return std::make_unique<RocksTemporaryFile>(
      directory_->files, directory_->path + "/spill." + std::to_string(next_number_.fetch_add(1)));
}

}  // namespace grizzly::storage
