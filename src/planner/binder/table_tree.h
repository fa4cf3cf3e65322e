// Inheritance trees and partitions: which tables a name stands for, and where their rows go.
#pragma once

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

// The tables with rows that the name of `relation` stands for: without ONLY, those of its whole tree,
// itself first, or the partitions in the order of their bounds. They get locks of the mode.
std::vector<catalog::RelationPtr> UseTree(BindState& state, const catalog::RelationPtr& relation,
                                          bool only, txn::RelationLockMode mode);

// How rows get from a partitioned table to its partitions, with the rules of each.
std::shared_ptr<RowRouting> BindRouting(BindState& state, QueryLevel& level,
                                        const catalog::RelationPtr& root);
// Of a partition: rules.partition_check.
void BindPartitionCheck(BindState& state, RowRules& rules);
// Whether changing these columns of a partition may take a row out of it.
bool MayLeavePartition(BindState& state, const catalog::Relation& partition,
                       const std::vector<OnConflict::Assignment>& assignments);

}  // namespace grizzly::planner
