#include "commands/table/file_load.h"

#include <cstring>

#include "base/blocking/blocking_section.h"

namespace grizzly::commands {
namespace {

constexpr size_t kChunkBytes = size_t{1} << 20;
constexpr size_t kChunksWaitingMax = 3;
constexpr int64_t kLoadBytes = (kChunksWaitingMax + 2) * kChunkBytes;
constexpr uint64_t kFileBytes = uint64_t{64} << 20;  // as large as files at the bottom of the store
constexpr uint64_t kEntriesPerSize = 256;            // between looks at a file's size

void AppendSize(size_t bytes, std::string* out) {
  const auto size = static_cast<uint32_t>(bytes);
  out->append(reinterpret_cast<const char*>(&size), sizeof(size));
}

size_t TakeSize(std::string_view* bytes) {
  uint32_t size;
  std::memcpy(&size, bytes->data(), sizeof(size));
  bytes->remove_prefix(sizeof(size));
  return size;
}

}  // namespace

FileLoad::FileLoad(storage::Store& store, MemoryTracker* memory) : store_(store), memory_(memory) {
  if (memory_ != nullptr) memory_->Reserve(kLoadBytes);
  chunk_.reserve(kChunkBytes + kChunkBytes / 8);
}

FileLoad::~FileLoad() {
  if (thread_.joinable()) {
    {
      std::lock_guard lock(mutex_);
      ended_ = true;
      waiting_.clear();
    }
    changed_.notify_all();
    thread_.join();
  }
  if (memory_ != nullptr) memory_->Release(kLoadBytes);
}

void FileLoad::Put(std::string_view key, std::string_view value) {
  AppendSize(key.size(), &chunk_);
  AppendSize(value.size(), &chunk_);
  chunk_.append(key);
  chunk_.append(value);
  if (chunk_.size() >= kChunkBytes) HandOver();
}

void FileLoad::HandOver() {
  if (!thread_.joinable()) thread_ = std::thread([this] { Serve(); });
  std::string next;
  {
    std::unique_lock lock(mutex_);
    if (waiting_.size() >= kChunksWaitingMax && error_ == nullptr) {
      const BlockingSection blocking;
      changed_.wait(lock, [&] { return waiting_.size() < kChunksWaitingMax || error_ != nullptr; });
    }
    if (error_ != nullptr) std::rethrow_exception(error_);
    waiting_.push_back(std::move(chunk_));
    if (!emptied_.empty()) {
      next = std::move(emptied_.back());
      emptied_.pop_back();
    }
  }
  changed_.notify_all();
  chunk_ = std::move(next);
}

void FileLoad::Serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return !waiting_.empty() || ended_; });
    if (waiting_.empty()) return;
    std::string chunk = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    changed_.notify_all();
    std::exception_ptr error;
    try {
      Write(chunk);
    } catch (...) {
      error = std::current_exception();
    }
    chunk.clear();
    lock.lock();
    emptied_.push_back(std::move(chunk));
    if (error == nullptr) continue;
    error_ = error;
    changed_.notify_all();
    return;
  }
}

void FileLoad::Write(std::string_view chunk) {
  while (!chunk.empty()) {
    const size_t key_bytes = TakeSize(&chunk), value_bytes = TakeSize(&chunk);
    if (++entry_count_ % kEntriesPerSize == 0 && file_->byte_count() >= kFileBytes) EndFile();
    if (file_ == nullptr) file_ = store_.NewSortedFile(storage::SortedFileUse::kIngestion);
    file_->Put(chunk.substr(0, key_bytes), chunk.substr(key_bytes, value_bytes));
    chunk.remove_prefix(key_bytes + value_bytes);
  }
}

void FileLoad::EndFile() {
  if (file_ == nullptr) return;
  files_.push_back(file_->Finish());
  file_.reset();
}

std::vector<std::unique_ptr<storage::SortedFile>> FileLoad::Finish() {
  if (!chunk_.empty()) HandOver();
  if (!thread_.joinable()) return {};
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  const BlockingSection blocking;
  thread_.join();
  if (error_ != nullptr) std::rethrow_exception(error_);
  EndFile();
  return std::move(files_);
}

}  // namespace grizzly::commands
