// COMMENT ON.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string Comment(const PgQuery__CommentStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
