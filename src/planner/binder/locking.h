// FOR UPDATE and its like, as far as it is about the text.
#pragma once

#include <string_view>
#include <vector>

#include "planner/binder/bind_state.h"
#include "planner/binder/scope.h"

namespace grizzly::planner {

// "FOR UPDATE", "FOR KEY SHARE" ...
std::string_view LockingName(const PgQuery__LockingClause& clause);

// The clauses of queries around that reach into this one, an item of their FROM list; `level` is its
// own.
std::vector<const PgQuery__LockingClause*> InheritedLocking(const BindState& state,
                                                            const PgQuery__SelectStmt& select,
                                                            const QueryLevel& level);
// Those that reach into a view (its query is no item of theirs) of the level's FROM list.
std::vector<const PgQuery__LockingClause*> LockingOfView(const BindState& state,
                                                         const QueryLevel& level,
                                                         std::string_view alias);

}  // namespace grizzly::planner
