// One sorted partition: peer groups, and the frame of each row.
//
// SOURCE  PostgreSQL 15 docs, 4.2.8 "Window Function Calls"
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "executor/row_order.h"
#include "expr/expr.h"
#include "functions/window/window_partition.h"

namespace grizzly::executor {

using FrameRun = functions::WindowPartition::Run;

// A call's frame clause with its offsets evaluated.
struct FrameClause {
  expr::FrameMode mode = expr::FrameMode::kRange;
  expr::FrameBound start = expr::FrameBound::kUnboundedPreceding;
  expr::FrameBound end = expr::FrameBound::kCurrentRow;
  expr::FrameExclusion exclusion = expr::FrameExclusion::kNone;
  int64_t start_offset = 0;  // ROWS and GROUPS
  int64_t end_offset = 0;
  // RANGE with offsets: whether a row of the partition is not before the start, not behind the end of
  // the frame of row `current`. In partition order the first turns true once, the second false once.
  using Bound = std::function<bool(uint64_t row, uint64_t current)>;
  Bound reaches_start;
  Bound within_end;
};

class WindowFrames {
 public:
  // `group_starts`: first row of each peer group; rows are numbered within the partition.
  WindowFrames(uint64_t row_count, std::vector<uint64_t> group_starts);

  uint64_t row_count() const { return row_count_; }
  uint64_t PeersStart(uint64_t row) const { return group_starts_[GroupOf(row)]; }
  uint64_t PeersEnd(uint64_t row) const { return GroupEnd(GroupOf(row)); }
  // Appends the frame's runs, ascending.
  void Frame(const FrameClause& clause, uint64_t row, std::vector<FrameRun>& runs) const;

 private:
  uint64_t GroupOf(uint64_t row) const;
  uint64_t GroupEnd(uint64_t group) const {
    return group + 1 < group_starts_.size() ? group_starts_[group + 1] : row_count_;
  }
  uint64_t FrameStart(const FrameClause& clause, uint64_t row) const;
  uint64_t FrameEnd(const FrameClause& clause, uint64_t row) const;

  uint64_t row_count_;
  std::vector<uint64_t> group_starts_;
};

}  // namespace grizzly::executor
