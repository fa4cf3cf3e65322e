// CREATE TYPE AS RANGE.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateRange(const PgQuery__CreateRangeStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
