// ON CONFLICT: which unique indexes decide, and what happens then.
#pragma once

#include "planner/binder/change_target.h"

namespace grizzly::planner {

// Names are those of what the statement names, a view maybe; `statement` has its WITH queries.
OnConflict BindOnConflict(BindState& state, QueryLevel& statement,
                          const PgQuery__OnConflictClause& clause,
                          const ChangeTarget& target, std::string_view alias, bool updates);

}  // namespace grizzly::planner
