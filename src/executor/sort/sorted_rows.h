// Rows put in order and then read by their place in it, again and again; beyond work_mem through sorted runs in
// files, merged once.
//
// THREADS  one at a time.
// ERRORS   53200, 53400 temp_file_limit.
#pragma once

#include <memory>
#include <vector>

#include "executor/exec_context.h"
#include "executor/paged_rows.h"
#include "executor/row_order.h"

namespace grizzly::executor {

class SortedRows {
 public:
  // `node`: whose memory and files they are. The order outlives this.
  SortedRows(const RowOrder& order, std::span<const types::SqlType> column_types,
             ExecContext& context, const plan::Node& node);

  void Append(const types::Batch& batch);
  void Finish();  // all rows are in

  uint64_t row_count() const { return paged_ != nullptr ? paged_->row_count() : sorted_.size(); }
  // A long string is valid until rows of some other places have been asked for.
  types::Datum Get(uint64_t place, size_t column) {
    return paged_ != nullptr ? paged_->Get(place, column) : rows_->Get(sorted_[place], column);
  }

 private:
  void WriteRun();

  const RowOrder& order_;
  const std::vector<types::SqlType> types_;
  ExecContext& context_;
  const plan::Node& node_;
  const int64_t budget_bytes_;
  std::unique_ptr<RowStore> rows_;
  std::vector<uint64_t> sorted_;
  std::vector<std::unique_ptr<SpillFile>> runs_;
  std::unique_ptr<PagedRows> paged_;  // the merged runs; null: all rows are in memory
};

}  // namespace grizzly::executor
