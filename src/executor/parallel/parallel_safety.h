// Which parts of a plan several workers may run at once.
#pragma once

#include <optional>
#include <vector>

#include "plan/plan.h"

namespace grizzly::executor {

// Filters, projections and joins, each reading its left input, down to one scan.
struct ParallelPipeline {
  const plan::TableScanNode* driver = nullptr;
  std::vector<const plan::HashJoinNode*> joins;  // on the way down
};

// Nothing when a node is of another kind, or a function of it is not parallel safe (pg_proc.proparallel)
// or needs more than its arguments (subplans).
std::optional<ParallelPipeline> FindParallelPipeline(const plan::Node& top);
bool IsParallelSafe(const expr::Expr& expression);

}  // namespace grizzly::executor
