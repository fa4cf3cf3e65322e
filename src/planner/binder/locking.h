// FOR UPDATE and its like, as far as it is about the text.
#pragma once

#include <string_view>
#include <vector>

#include "planner/binder/scope.h"

namespace grizzly::planner {

// "FOR UPDATE", "FOR KEY SHARE" ...
std::string_view LockingName(const PgQuery__LockingClause& clause);

// The clauses of queries around that reach into this one, an item of their FROM list; `level` is its
// own.
std::vector<const PgQuery__LockingClause*> InheritedLocking(const PgQuery__SelectStmt& select,
                                                            const QueryLevel& level);

}  // namespace grizzly::planner
