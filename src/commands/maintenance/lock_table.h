// LOCK TABLE.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string LockTable(const PgQuery__LockStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
