// Set-returning functions in a target list: where they may stand, and the node that runs them.
//
// SOURCE  PostgreSQL 15 docs, 38.5.9 "SQL Functions Returning Sets"
#pragma once

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

// The first set-returning call in an expression; null when there is none.
const expr::Expr* FindSetFunction(const expr::Expr& expression);
// Throws 0A000 with the message and PostgreSQL's hint when there is one.
void RefuseSetFunctions(const expr::Expr& expression, std::string_view message);
// Runs the calls within the targets below them, innermost first, and leaves columns in their places.
// Passes on what else the targets mention.
LogicalPtr ExpandSetFunctions(BindState& state, QueryLevel* owner, LogicalPtr child,
                              std::vector<Target>& targets);

}  // namespace grizzly::planner
