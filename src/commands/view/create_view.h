// CREATE VIEW.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateView(const PgQuery__ViewStmt& statement, CommandInput& input);

// Throws 0A000 when the view has a CHECK OPTION that nothing could be checked by.
void RequireCheckable(CommandInput& input, const catalog::RelationPtr& view);

}  // namespace grizzly::commands
