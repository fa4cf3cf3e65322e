// CREATE, ALTER and DROP DATABASE: at once, outside transaction blocks.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateDatabase(const PgQuery__CreatedbStmt& statement, CommandInput& input);
std::string AlterDatabase(const PgQuery__AlterDatabaseStmt& statement, CommandInput& input);
std::string DropDatabase(const PgQuery__DropdbStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
