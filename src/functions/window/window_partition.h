// What a window function sees: one partition, sorted, and where each row's peers and frame lie.
//
// The operator fills it; rows are numbered from 0 within the partition. Argument values come through
// `argument`, which the operator backs with whatever holds the partition's rows.
// THREADS  one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "types/datum.h"

namespace grizzly::functions {

struct WindowPartition {
  uint64_t row_count = 0;
  // Value of argument `index` at row `row`; valid until the partition ends.
  std::function<types::Datum(uint32_t index, uint64_t row)> argument;
  // First row of the peer group of `row`, and the one after its last.
  std::function<uint64_t(uint64_t row)> peers_start;
  std::function<uint64_t(uint64_t row)> peers_end;
  // The rows of the frame of `row`: up to three runs [first, last) after EXCLUDE, ascending,
  // appended to `runs`.
  struct Run {
    uint64_t first = 0;
    uint64_t last = 0;
  };
  std::function<void(uint64_t row, std::vector<Run>& runs)> frame;
  uint32_t argument_count = 0;
};

}  // namespace grizzly::functions
