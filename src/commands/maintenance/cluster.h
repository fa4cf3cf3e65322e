// CLUSTER: rows lie in the order of the primary key here, so that what is left of it is the mark on the
// index that the next CLUSTER without a name takes.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string Cluster(const PgQuery__ClusterStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
