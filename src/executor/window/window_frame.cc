#include "executor/window/window_frame.h"

#include <algorithm>

namespace grizzly::executor {

using expr::FrameBound;
using expr::FrameExclusion;
using expr::FrameMode;

WindowFrames::WindowFrames(uint64_t row_count, std::vector<uint64_t> group_starts)
    : row_count_(row_count), group_starts_(std::move(group_starts)) {}

uint64_t WindowFrames::GroupOf(uint64_t row) const {
  const auto after = std::upper_bound(group_starts_.begin(), group_starts_.end(), row);
  return static_cast<uint64_t>(after - group_starts_.begin()) - 1;
}

namespace {

uint64_t Below(uint64_t position, int64_t offset) {
  return position < static_cast<uint64_t>(offset) ? 0 : position - static_cast<uint64_t>(offset);
}

// The first of the rows below `count` for which `holds`, which turns true once; `count`: none.
template <typename Holds>
uint64_t FirstRow(uint64_t count, Holds holds) {
  uint64_t first = 0, last = count;
  while (first < last) {
    const uint64_t middle = first + (last - first) / 2;
    if (holds(middle)) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  return first;
}

uint64_t Above(uint64_t position, int64_t offset, uint64_t limit) {
  return static_cast<uint64_t>(offset) > limit - position ? limit
                                                          : position + static_cast<uint64_t>(offset);
}

}  // namespace

uint64_t WindowFrames::FrameStart(const FrameClause& clause, uint64_t row) const {
  if (clause.start == FrameBound::kUnboundedPreceding) return 0;
  if (clause.mode == FrameMode::kRows) {
    if (clause.start == FrameBound::kPreceding) return Below(row, clause.start_offset);
    if (clause.start == FrameBound::kFollowing) return Above(row, clause.start_offset, row_count_);
    return row;
  }
  if (clause.reaches_start) {
    return FirstRow(row_count_, [&](uint64_t other) { return clause.reaches_start(other, row); });
  }
  const uint64_t group = GroupOf(row);
  if (clause.start == FrameBound::kPreceding) {
    return group_starts_[Below(group, clause.start_offset)];
  }
  if (clause.start == FrameBound::kFollowing) {
    const uint64_t target = Above(group, clause.start_offset, group_starts_.size());
    return target < group_starts_.size() ? group_starts_[target] : row_count_;
  }
  return group_starts_[group];
}

uint64_t WindowFrames::FrameEnd(const FrameClause& clause, uint64_t row) const {
  if (clause.end == FrameBound::kUnboundedFollowing) return row_count_;
  if (clause.mode == FrameMode::kRows) {
    if (clause.end == FrameBound::kPreceding) {
      return row + 1 < static_cast<uint64_t>(clause.end_offset)
                 ? 0
                 : row + 1 - static_cast<uint64_t>(clause.end_offset);
    }
    if (clause.end == FrameBound::kFollowing) {
      return Above(row + 1, clause.end_offset, row_count_);
    }
    return row + 1;
  }
  if (clause.within_end) {
    return FirstRow(row_count_, [&](uint64_t other) { return !clause.within_end(other, row); });
  }
  const uint64_t group = GroupOf(row);
  if (clause.end == FrameBound::kPreceding) {
    if (static_cast<uint64_t>(clause.end_offset) > group) return 0;
    return GroupEnd(group - static_cast<uint64_t>(clause.end_offset));
  }
  if (clause.end == FrameBound::kFollowing) {
    return GroupEnd(Above(group, clause.end_offset, group_starts_.size() - 1));
  }
  return GroupEnd(group);
}

void WindowFrames::Frame(const FrameClause& clause, uint64_t row,
                         std::vector<FrameRun>& runs) const {
  const uint64_t first = FrameStart(clause, row);
  const uint64_t last = FrameEnd(clause, row);
  if (first >= last) return;
  if (clause.exclusion == FrameExclusion::kNone) {
    runs.push_back({first, last});
    return;
  }
  const bool only_row = clause.exclusion == FrameExclusion::kCurrentRow;
  const uint64_t out_first = only_row ? row : PeersStart(row);
  const uint64_t out_last = only_row ? row + 1 : PeersEnd(row);
  const auto add = [&](uint64_t from, uint64_t to) {
    if (from < to) runs.push_back({from, to});
  };
  add(first, std::min(last, out_first));
  if (clause.exclusion == FrameExclusion::kTies) {
    add(std::max(first, row), std::min(last, row + 1));
  }
  add(std::max(first, out_last), last);
}

}  // namespace grizzly::executor
