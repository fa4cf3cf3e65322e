// CREATE and ALTER TEXT SEARCH DICTIONARY and CONFIGURATION. (DROP, RENAME, SET SCHEMA, OWNER TO: schema_objects.h.)
//
// ERRORS   those of PostgreSQL; 0A000 for dictionaries of the templates that read files, and for changes of built-in
//          configurations
// SOURCE   PostgreSQL 15 docs, "CREATE TEXT SEARCH CONFIGURATION" and its kin
#pragma once

#include <string>

#include "catalog/schema_object.h"
#include "commands/command.h"

namespace grizzly::commands {

// 23505: there is one of the name already. PostgreSQL finds it when it writes the row of its catalog.
void RefuseSecondTextSearchObject(CommandInput& input, const catalog::SchemaObject& object);

std::string CreateTextSearchDictionary(const PgQuery__DefineStmt& statement, CommandInput& input);
std::string AlterTextSearchDictionary(const PgQuery__AlterTSDictionaryStmt& statement, CommandInput& input);
std::string CreateTextSearchConfiguration(const PgQuery__DefineStmt& statement, CommandInput& input);
std::string AlterTextSearchConfiguration(const PgQuery__AlterTSConfigurationStmt& statement,
                                         CommandInput& input);

}  // namespace grizzly::commands
