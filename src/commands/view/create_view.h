// CREATE VIEW.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateView(const PgQuery__ViewStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
