// DROP TABLE, VIEW, INDEX, SEQUENCE and SCHEMA.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string Drop(const PgQuery__DropStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
