#include "base/metrics/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace grizzly {
namespace {

using Families = std::map<std::string, prometheus::MetricFamily>;

prometheus::ClientMetric& AddMetric(Families& families, const std::string& name,
                                    const std::string& description, prometheus::MetricType type,
                                    const MetricLabels& labels) {
  prometheus::MetricFamily& family = families[name];
  family.name = name;
  family.help = description;
  family.type = type;
  prometheus::ClientMetric& metric = family.metric.emplace_back();
  for (const auto& [label, value] : labels) metric.label.push_back({label, value});
  return metric;
}

}  // namespace

size_t Counter::ThreadShard() {
  static std::atomic<size_t> next{0};
  static thread_local const size_t shard = next.fetch_add(1, std::memory_order_relaxed) % kShards;
  return shard;
}

Counter& MetricsRegistry::AddCounter(std::string name, std::string description, MetricLabels labels) {
  std::lock_guard lock(mutex_);
  NamedCounter& added = counters_.emplace_back();
  added.name = std::move(name);
  added.description = std::move(description);
  added.labels = std::move(labels);
  return added.counter;
}

void MetricsRegistry::AddGauge(std::string name, std::string description,
                               std::function<double()> read) {
  AddGauges([name = std::move(name), description = std::move(description), read = std::move(read)] {
    return std::vector<GaugeSample>{{name, description, {}, read()}};
  });
}

void MetricsRegistry::AddGauges(std::function<std::vector<GaugeSample>()> read) {
  std::lock_guard lock(mutex_);
  gauges_.push_back(std::move(read));
}

std::string MetricsRegistry::Text() const {
  Families families;
  std::lock_guard lock(mutex_);
  for (const NamedCounter& named : counters_) {
    AddMetric(families, named.name, named.description, prometheus::MetricType::Counter, named.labels)
        .counter.value = static_cast<double>(named.counter.Value());
  }
  for (const auto& read : gauges_) {
    for (const GaugeSample& sample : read()) {
      AddMetric(families, sample.name, sample.description, prometheus::MetricType::Gauge,
                sample.labels)
          .gauge.value = sample.value;
    }
  }
  std::vector<prometheus::MetricFamily> list;
  for (auto& [name, family] : families) list.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(list);
}

}  // namespace grizzly
