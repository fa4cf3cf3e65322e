// COPY table TO and COPY (query) TO.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CopyTo(const PgQuery__CopyStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
