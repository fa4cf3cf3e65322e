// Where a session's statements put what outgrows their memory, and how much of it they may.
//
// LIMITS   temp_file_limit, over all files of the session: 53400 configuration_limit_exceeded.
// THREADS  any.
#pragma once

#include <atomic>
#include <cstdint>

#include "storage/kv/temporary_files.h"

namespace grizzly::executor {

class SpillSpace {
 public:
  explicit SpillSpace(storage::TemporaryFiles& files) : files_(files) {}

  // -1: no limit.
  void SetLimit(int64_t limit_bytes) { limit_bytes_.store(limit_bytes); }
  // Throws 53400 when the limit would be passed.
  void Charge(int64_t bytes);
  void Release(int64_t bytes) { used_bytes_.fetch_sub(bytes); }
  int64_t used_bytes() const { return used_bytes_.load(); }
  storage::TemporaryFiles& files() { return files_; }

 private:
  storage::TemporaryFiles& files_;
  std::atomic<int64_t> limit_bytes_{-1};
  std::atomic<int64_t> used_bytes_{0};
};

}  // namespace grizzly::executor
