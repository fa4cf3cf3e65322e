// CREATE and ALTER STATISTICS: which columns belong together. They are kept and shown; the planner goes by samples
// of the rows, not by these.
//
// ERRORS   42601, 42701, 42703, 42704, 42710, 42809, 42P16, 54011, 0A000
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "catalog/schema_object.h"
#include "commands/command.h"
#include "commands/definitions.h"

namespace grizzly::commands {

std::string CreateStatistics(const PgQuery__CreateStatsStmt& statement, CommandInput& input);
std::string AlterStatistics(const PgQuery__AlterStatsStmt& statement, CommandInput& input);

// pg_get_statisticsobjdef; `columns_only`: pg_get_statisticsobjdef_columns. Nullopt: there is none.
std::optional<std::string> StatisticsText(const DefinitionInput& input, Oid object,
                                          bool columns_only);

// Visits the stored texts of its expressions.
void ForEachStatisticsExpression(catalog::SchemaObject* object,
                                 const std::function<void(Oid table, std::string* text)>& visit);
// pg_get_statisticsobjdef_expressions; empty: there are none, or no such object.
std::vector<std::string> StatisticsExpressions(const DefinitionInput& input, Oid object);

}  // namespace grizzly::commands
