#include "executor/operator.h"

#include <algorithm>
#include <chrono>

#include "storage/kv/block_counters.h"

namespace grizzly::executor {
namespace {

int64_t NowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Adds what one call of an operator took to its node's measurement.
class CallScope {
 public:
  CallScope(ExecContext& context, const plan::Node& node, NodeMeasurement& measured)
      : context_(context),
        node_(node),
        measured_(measured),
        start_ns_(NowNs()),
        memory_before_(UsedMemory()),
        blocks_before_(storage::ThreadBlockCounters()),
        writes_before_(context.keys_written),
        write_bytes_before_(context.bytes_written) {}

  ~CallScope() {
    measured_.total_ns += ElapsedNs();
    const storage::BlockCounters blocks = storage::ThreadBlockCounters();
    measured_.blocks_hit += blocks.from_cache - blocks_before_.from_cache;
    measured_.blocks_read += blocks.from_files - blocks_before_.from_files;
    measured_.write_count += context_.keys_written - writes_before_;
    measured_.write_bytes += context_.bytes_written - write_bytes_before_;
    measured_.memory_bytes += UsedMemory() - memory_before_;
    int64_t own = measured_.memory_bytes;
    for (const auto& child : node_.children) {
      own -= (*context_.measurements)[child->id].memory_bytes;
    }
    measured_.memory_bytes_peak = std::max(measured_.memory_bytes_peak, own);
  }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  int64_t ElapsedNs() const { return NowNs() - start_ns_; }

 private:
  int64_t UsedMemory() const {
    return context_.memory == nullptr ? 0 : context_.memory->used_bytes();
  }

  ExecContext& context_;
  const plan::Node& node_;
  NodeMeasurement& measured_;
  const int64_t start_ns_;
  const int64_t memory_before_;
  const storage::BlockCounters blocks_before_;
  const uint64_t writes_before_;
  const uint64_t write_bytes_before_;
};

}  // namespace

void Operator::Open(ExecContext& context) {
  if (context.measurements == nullptr) [[likely]] {
    DoOpen(context);
    return;
  }
  MeasuredOpen(context);
}

void Operator::MeasuredOpen(ExecContext& context) {
  NodeMeasurement& measured = (*context.measurements)[node_.id];
  const CallScope scope(context, node_, measured);
  DoOpen(context);
  measured.loop_count += 1;
  measured.startup_ns += scope.ElapsedNs();
}

Batch* Operator::Next(ExecContext& context) {
  context.CheckCanceled();
  if (context.measurements == nullptr) [[likely]] return DoNext(context);
  return MeasuredNext(context);
}

Batch* Operator::MeasuredNext(ExecContext& context) {
  NodeMeasurement& measured = (*context.measurements)[node_.id];
  const CallScope scope(context, node_, measured);
  Batch* batch = DoNext(context);
  if (measured.batch_count == 0) measured.startup_ns += scope.ElapsedNs();
  if (batch != nullptr) {
    measured.row_count += batch->row_count();
    measured.batch_count += 1;
  }
  return batch;
}

NodeMeasurement* Operator::Measurement(ExecContext& context) const {
  return context.measurements == nullptr ? nullptr : &(*context.measurements)[node_.id];
}

void Operator::CountFiltered(ExecContext& context, int64_t rows) {
  if (context.measurements != nullptr) (*context.measurements)[node_.id].rows_filtered += rows;
}

}  // namespace grizzly::executor
