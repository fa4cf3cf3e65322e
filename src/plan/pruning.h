// Which children of an Append over a partitioned table can have rows, known when it is opened: from
// values that parameters and outer rows have by then.
#pragma once

#include <memory>
#include <vector>

#include "catalog/partition_map.h"
#include "plan/scan_node.h"

namespace grizzly::plan {

struct PartitionPruning {
  static constexpr int32_t kNowhere = INT32_MAX;  // left out when the plan was made
  // A partitioned table.
  struct Level {
    std::shared_ptr<const catalog::PartitionMap> map;
    KeyBounds bounds;              // of the partition key; empty: every partition is read
    bool first_is_null = false;    // the first part IS NULL
    std::vector<int32_t> targets;  // by position in `map`: a child, ~level, or kNowhere
  };
  std::vector<Level> levels;       // [0] the root
};

}  // namespace grizzly::plan
