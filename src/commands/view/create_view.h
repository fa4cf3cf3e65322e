// CREATE VIEW.
#pragma once

#include <string>

#include "commands/command.h"
#include "planner/binder/binder.h"

namespace grizzly::commands {

std::string CreateView(const PgQuery__ViewStmt& statement, CommandInput& input);

// What the view's query uses: `direct`, the relations it names, their columns, and primary keys it groups by.
void AddViewDependencies(CommandInput& input, const catalog::Relation& view,
                         planner::BoundStatement& bound, const std::vector<Oid>& direct,
                         const parser::ast::Node& query);
// Throws 0A000 when the view has a CHECK OPTION that nothing could be checked by.
void RequireCheckable(CommandInput& input, const catalog::RelationPtr& view);

}  // namespace grizzly::commands
