// When counters of the cumulative statistics were last set back: pg_stat_reset() and its like.
//
// THREADS  any.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace grizzly::session {

// Keys: "archiver", "bgwriter", "recovery_prefetch", "wal", "slru/Xact", "database/16384".
class StatisticsResets {
 public:
  void Set(const std::string& key, int64_t now_us) {
    std::lock_guard lock(mutex_);
    times_[key] = now_us;
  }
  // Nothing: never since the server started.
  std::optional<int64_t> Find(const std::string& key) const {
    std::lock_guard lock(mutex_);
    const auto found = times_.find(key);
    if (found == times_.end()) return std::nullopt;
    return found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int64_t> times_;  // guarded by mutex_
};

}  // namespace grizzly::session
