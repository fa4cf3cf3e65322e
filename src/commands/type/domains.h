// CREATE DOMAIN and ALTER DOMAIN.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateDomain(const PgQuery__CreateDomainStmt& statement, CommandInput& input);
std::string AlterDomain(const PgQuery__AlterDomainStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
