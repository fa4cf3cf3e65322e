// SetScans out of plain C++.
#pragma once

#include <memory>
#include <vector>

#include "functions/kernel.h"

namespace grizzly::functions {

// A scan of one column, made by `next`: bool(FunctionContext&, Datum* value), false at the end.
// The value's long string may live in context.result_heap.
template <typename NextValue>
class ColumnScan final : public SetScan {
 public:
  explicit ColumnScan(NextValue next) : next_(std::move(next)) {}

  bool Next(FunctionContext& context, types::Batch& out) override {
    Vector& column = out.column(0);
    column.Reserve(types::kBatchRowsMax);
    context.result_heap = &column.heap();
    uint32_t rows = 0;
    Datum value;
    while (rows < types::kBatchRowsMax && next_(context, &value)) {
      column.SetDatum(rows++, value);
    }
    out.set_row_count(rows);
    return rows > 0;
  }

 private:
  NextValue next_;
};
template <typename NextValue>
std::unique_ptr<SetScan> MakeColumnScan(NextValue next) {
  return std::make_unique<ColumnScan<NextValue>>(std::move(next));
}

// A scan over rows that exist already; `row_of` is void(size_t i, types::Batch& out, uint32_t row).
template <typename RowOf>
class RowsScan final : public SetScan {
 public:
  RowsScan(size_t count, RowOf row_of) : count_(count), row_of_(std::move(row_of)) {}

  bool Next(FunctionContext&, types::Batch& out) override {
    for (Vector& column : out.columns()) column.Reserve(types::kBatchRowsMax);
    uint32_t rows = 0;
    for (; rows < types::kBatchRowsMax && at_ < count_; ++rows, ++at_) row_of_(at_, out, rows);
    out.set_row_count(rows);
    return rows > 0;
  }

 private:
  const size_t count_;
  size_t at_ = 0;
  RowOf row_of_;
};
template <typename RowOf>
std::unique_ptr<SetScan> MakeRowsScan(size_t count, RowOf row_of) {
  return std::make_unique<RowsScan<RowOf>>(count, std::move(row_of));
}

// Whether a strict set function has nothing to say.
inline bool AnyNull(std::span<const Datum> arguments) {
  for (const Datum& argument : arguments) {
    if (argument.is_null()) return true;
  }
  return false;
}

}  // namespace grizzly::functions
