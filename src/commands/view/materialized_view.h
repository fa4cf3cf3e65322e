// CREATE MATERIALIZED VIEW and REFRESH: a view whose rows are kept.
//
// REFRESH fills a new storage and swaps it in at commit, so that readers of CONCURRENTLY see the old rows
// until then.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateMaterializedView(const PgQuery__CreateTableAsStmt& statement,
                                   CommandInput& input);
std::string RefreshMaterializedView(const PgQuery__RefreshMatViewStmt& statement,
                                    CommandInput& input);

}  // namespace grizzly::commands
