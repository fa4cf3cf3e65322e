// What a table scan gives out beside a row's own columns: its key, ctid, xmin, cmin, xmax, cmax, tableoid.
//
// xmin is the low half of the commit time, or of the transaction's own id for rows that are not committed: it
// tells versions apart, as applications use it. xmax is 0: what a scan finds is locked by nobody it could name. cmin
// and cmax are the command that wrote the row, counted as PostgreSQL counts, in its own transaction; 0 later.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "executor/exec_context.h"
#include "plan/scan_node.h"
#include "types/batch.h"

namespace grizzly::executor {

// By output: its place in the stored row; RowLayoutSet::kSkip for a system column.
std::vector<uint32_t> StoredPlacesOf(const plan::TableScanNode& scan);

class SystemColumns {
 public:
  SystemColumns(const plan::TableScanNode& scan, ExecContext& context);

  // Whether the scan gives out any.
  bool any() const { return any_; }

  // Row `row` of every system column of the scan; `suffix` is the row's key without its head.
  void Fill(std::string_view suffix, uint64_t timestamp, uint32_t row, types::Batch& batch);
  // Of one output.
  void FillOne(size_t output, std::string_view suffix, uint64_t timestamp, uint32_t row,
               types::Vector& column);

 private:
  uint32_t CommandOf(std::string_view suffix, uint64_t timestamp);

  const plan::TableScanNode& scan_;
  const bool any_;
  ExecContext& context_;
  const std::string head_;
  std::string bytes_;
  txn::RowRead read_;
};

}  // namespace grizzly::executor
