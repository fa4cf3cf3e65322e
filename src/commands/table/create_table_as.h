// CREATE TABLE AS.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateTableAs(const PgQuery__CreateTableAsStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
