// CREATE SCHEMA.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateSchema(const PgQuery__CreateSchemaStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
