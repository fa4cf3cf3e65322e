// What a FaultInjector knows, shared by it and the file system that asks it. Internal to storage/kv.
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "storage/kv/fault_injection.h"

namespace grizzly::storage {

struct FaultInjector::State {
  struct FileState {
    uint64_t written_bytes = 0;
    uint64_t synced_bytes = 0;
    bool entry_synced = false;  // its directory was synced after it was made
  };

  // Counts the operation; the planned failure, "off" after Crash, or OK.
  rocksdb::IOStatus Enter(FileOperation operation, const std::string& file);
  // It got through.
  void Leave();
  void OnCreated(const std::string& file);
  void OnAppended(const std::string& file, uint64_t size_after);
  void OnSynced(const std::string& file, uint64_t size_at_sync);
  void OnTruncated(const std::string& file, uint64_t size);
  void OnRenamed(const std::string& from, const std::string& to);
  void OnDeleted(const std::string& file);
  void OnDirectorySynced(const std::string& directory);

  std::mutex mutex;
  std::shared_ptr<rocksdb::FileSystem> base;  // what the faults are put over
  std::map<std::string, FileState> files;     // those written since the injector was made
  bool crashed = false;
  bool failed = false;
  uint64_t write_operations = 0;
  uint64_t syncs = 0;
  // The plan: after `skip` more matching operations, `remaining` of them fail.
  uint64_t skip = 0;
  uint64_t remaining = 0;
  uint32_t operations = 0;
  FaultKind kind = FaultKind::kIoError;
  std::string file_part;
  std::atomic<bool> dying = false;  // at the next Leave
};

}  // namespace grizzly::storage
