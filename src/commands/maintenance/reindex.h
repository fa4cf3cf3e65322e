// REINDEX: the entries of an index made anew under another index id, the old ones removed behind the
// commit. A primary key has no entries of its own.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string Reindex(const PgQuery__ReindexStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
