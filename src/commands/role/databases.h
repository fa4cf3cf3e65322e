// CREATE, ALTER and DROP DATABASE: at once, outside transaction blocks.
#pragma once

#include <string>
#include <string_view>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateDatabase(const PgQuery__CreatedbStmt& statement, CommandInput& input);
std::string AlterDatabase(const PgQuery__AlterDatabaseStmt& statement, CommandInput& input);
std::string DropDatabase(const PgQuery__DropdbStmt& statement, CommandInput& input);

// Throws 55006 `what` "x" is being accessed by other users; `terminate`: ends their sessions first.
void RefuseDatabaseInUse(CommandInput& input, const catalog::Database& database, bool terminate,
                         std::string_view what);

}  // namespace grizzly::commands
