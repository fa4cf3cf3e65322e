// VACUUM, ANALYZE, CHECKPOINT.
//
// Old versions vanish in compaction by themselves; VACUUM has the relation's files compacted now, behind
// its back. ANALYZE (and VACUUM) count rows and bytes: exactly up to kCountedRowsMax, by the store's
// estimate beyond.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

inline constexpr uint64_t kCountedRowsMax = 2'000'000;

std::string Vacuum(const PgQuery__VacuumStmt& statement, CommandInput& input);
std::string Checkpoint(CommandInput& input);

}  // namespace grizzly::commands
