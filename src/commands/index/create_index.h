// CREATE INDEX.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateIndex(const PgQuery__IndexStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
