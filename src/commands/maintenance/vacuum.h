// VACUUM, ANALYZE, CHECKPOINT.
//
// Old versions vanish in compaction by themselves; VACUUM has the relation's files compacted now, behind
// its back; VACUUM FULL moves its rows into a new storage. What ANALYZE does is in analyze.h.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string Vacuum(const PgQuery__VacuumStmt& statement, CommandInput& input);
std::string Checkpoint(CommandInput& input);

}  // namespace grizzly::commands
