#include "executor/operator.h"

#include <chrono>

namespace grizzly::executor {
namespace {

int64_t NowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void Operator::Open(ExecContext& context) {
  if (context.measurements == nullptr) [[likely]] {
    DoOpen(context);
    return;
  }
  const int64_t start = NowNs();
  DoOpen(context);
  NodeMeasurement& measured = (*context.measurements)[node_.id];
  measured.loop_count += 1;
  measured.total_ns += NowNs() - start;
  measured.startup_ns += NowNs() - start;
}

Batch* Operator::Next(ExecContext& context) {
  context.CheckCanceled();
  if (context.measurements == nullptr) [[likely]] return DoNext(context);
  return MeasuredNext(context);
}

Batch* Operator::MeasuredNext(ExecContext& context) {
  const int64_t start = NowNs();
  Batch* batch = DoNext(context);
  const int64_t elapsed = NowNs() - start;
  NodeMeasurement& measured = (*context.measurements)[node_.id];
  if (measured.batch_count == 0) measured.startup_ns += elapsed;
  measured.total_ns += elapsed;
  if (batch != nullptr) {
    measured.row_count += batch->row_count();
    measured.batch_count += 1;
  }
  return batch;
}

void Operator::CountFiltered(ExecContext& context, int64_t rows) {
  if (context.measurements != nullptr) (*context.measurements)[node_.id].rows_filtered += rows;
}

}  // namespace grizzly::executor
