// CREATE COLLATION, ALTER COLLATION ... REFRESH VERSION.
//
// The locales there are: C and POSIX, which compare bytes, and ICU's. A collation that calls different texts
// equal is refused.
// ERRORS   42601, 42710, 42P17, 22023, 0A000
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateCollation(const PgQuery__DefineStmt& statement, CommandInput& input);
std::string RefreshCollation(const PgQuery__AlterCollationStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
