// Inheritance trees: which tables a name stands for.
#pragma once

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

// The tables with rows that the name of `relation` stands for, itself first: without ONLY, those of
// its whole tree. They get locks of the mode.
std::vector<catalog::RelationPtr> UseTree(BindState& state, const catalog::RelationPtr& relation,
                                          bool only, txn::RelationLockMode mode);

}  // namespace grizzly::planner
