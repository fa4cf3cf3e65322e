// ON CONFLICT: which unique indexes decide, and what happens then.
#pragma once

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

OnConflict BindOnConflict(BindState& state, const PgQuery__OnConflictClause& clause,
                          const catalog::RelationPtr& relation, std::string_view alias,
                          bool updates);

}  // namespace grizzly::planner
