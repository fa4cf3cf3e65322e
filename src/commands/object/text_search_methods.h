// CREATE TEXT SEARCH PARSER and TEMPLATE: other names for the functions there are.
//
// ERRORS   42501 only superusers, 42601 a parameter nobody knows, 42883 no such function, 42P17 one is missing
// SOURCE   PostgreSQL 15 docs, CREATE TEXT SEARCH PARSER, CREATE TEXT SEARCH TEMPLATE
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateTextSearchParser(const PgQuery__DefineStmt& statement, CommandInput& input);
std::string CreateTextSearchTemplate(const PgQuery__DefineStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
