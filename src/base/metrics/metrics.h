// What the server counts, for the metrics page: counters it owns and gauges it asks for when read.
//
// FORMAT   Prometheus text; names begin with grizzlydb_, have their unit last, counters end in _total
// OWNS     its counters; a reference to one stays valid as long as the registry.
// THREADS  Counter::Add from any thread, cheaply (each thread mostly writes its own cache line);
//          registration and Text under a mutex. Gauge functions are called from Text.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace grizzly {

class Counter {
 public:
  void Add(uint64_t amount = 1) {
    shards_[ThreadShard()].value.fetch_add(amount, std::memory_order_relaxed);
  }
  uint64_t Value() const {
    uint64_t sum = 0;
    for (const Shard& shard : shards_) sum += shard.value.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static constexpr size_t kShards = 8;
  struct alignas(64) Shard {
    std::atomic<uint64_t> value{0};
  };
  static size_t ThreadShard();

  std::array<Shard, kShards> shards_;
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

struct GaugeSample {
  std::string name;
  std::string description;
  MetricLabels labels;
  double value = 0;
};

class MetricsRegistry {
 public:
  Counter& AddCounter(std::string name, std::string description, MetricLabels labels = {});
  void AddGauge(std::string name, std::string description, std::function<double()> read);
  // For many gauges at once, or gauges that come and go.
  void AddGauges(std::function<std::vector<GaugeSample>()> read);

  std::string Text() const;

 private:
  struct NamedCounter {
    std::string name;
    std::string description;
    MetricLabels labels;
    Counter counter;
  };
  mutable std::mutex mutex_;
  std::deque<NamedCounter> counters_;                              // guarded by mutex_
  std::vector<std::function<std::vector<GaugeSample>()>> gauges_;  // guarded by mutex_
};

}  // namespace grizzly
