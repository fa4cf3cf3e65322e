// CREATE TYPE AS (...), and ALTER TYPE ADD, DROP and ALTER ATTRIBUTE.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateComposite(const PgQuery__CompositeTypeStmt& statement, CommandInput& input);
std::string AlterComposite(const PgQuery__AlterTableStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
