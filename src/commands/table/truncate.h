// TRUNCATE: a new, empty storage; the old one goes when the transaction commits.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string Truncate(const PgQuery__TruncateStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
