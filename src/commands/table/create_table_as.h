// CREATE TABLE AS, and what materialized views share with it.
#pragma once

#include <string>
#include <vector>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateTableAs(const PgQuery__CreateTableAsStmt& statement, CommandInput& input);

// Columns of a query's result, under `names` as far as given. Throws 42601, 42701, 42P16.
std::vector<catalog::Column> ColumnsOfResult(CommandInput& input, const plan::Plan& plan,
                                             const std::vector<std::string>& names);
// Runs the query and puts its rows into a table nobody else sees; their number.
uint64_t FillTable(CommandInput& input, const catalog::RelationPtr& table,
                   const PreparedQuery& query);

}  // namespace grizzly::commands
