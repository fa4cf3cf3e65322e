// ALTER ... RENAME TO, RENAME COLUMN, RENAME CONSTRAINT, SET SCHEMA, and OWNER TO of schemas and
// databases. What is stored as text and mentions the old name is rewritten.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string Rename(const PgQuery__RenameStmt& statement, CommandInput& input);
// One relation's column, with views, indexes, checks and defaults that mention it. Throws 42703, 42701.
void RenameColumnOf(CommandInput& input, const catalog::RelationPtr& relation,
                    const std::string& old_name, const std::string& new_name);
std::string SetSchema(const PgQuery__AlterObjectSchemaStmt& statement, CommandInput& input);
std::string SetOwner(const PgQuery__AlterOwnerStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
