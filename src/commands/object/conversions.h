// CREATE CONVERSION.
//
// ERRORS   42704 an encoding nobody knows, 42P17 SQL_ASCII, 42883 no such function, 42710 there is one already
// SOURCE   PostgreSQL 15 docs, CREATE CONVERSION
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateConversion(const PgQuery__CreateConversionStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
