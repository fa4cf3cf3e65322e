// Ascending entries into files of the store: a thread of its own builds them while the next entries are made.
//
// MEMORY   kLoadBytes of entries under way, charged to the tracker.
// THREADS  one at a time; destroying it waits for its thread.
// ERRORS   those of storage::SortedFileWriter, at the next Put or at Finish; 53200.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/memory/memory_tracker.h"
#include "storage/kv/store.h"

namespace grizzly::commands {

class FileLoad {
 public:
  FileLoad(storage::Store& store, MemoryTracker* memory);
  ~FileLoad();
  FileLoad(const FileLoad&) = delete;
  FileLoad& operator=(const FileLoad&) = delete;

  // `key` is greater than the last one.
  void Put(std::string_view key, std::string_view value);
  // All files, finished, for Store::Ingest.
  std::vector<std::unique_ptr<storage::SortedFile>> Finish();

 private:
  void HandOver();        // chunk_ to the thread; waits while it has enough to do
  void Serve();           // the thread
  void Write(std::string_view chunk);
  void EndFile();

  storage::Store& store_;
  MemoryTracker* const memory_;
  std::string chunk_;     // entries: key bytes u32, value bytes u32, key, value

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;     // guarded by mutex_, as the next three
  std::vector<std::string> emptied_;
  std::exception_ptr error_;
  bool ended_ = false;

  // The thread's until it is joined:
  std::unique_ptr<storage::SortedFileWriter> file_;
  uint64_t entry_count_ = 0;
  std::vector<std::unique_ptr<storage::SortedFile>> files_;
  std::thread thread_;
};

}  // namespace grizzly::commands
