// CREATE TYPE AS ENUM, ALTER TYPE ADD VALUE and RENAME VALUE.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateEnum(const PgQuery__CreateEnumStmt& statement, CommandInput& input);
std::string AlterEnum(const PgQuery__AlterEnumStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
