// ALTER TABLE, and ALTER INDEX, VIEW, SEQUENCE where the grammar makes an ALTER TABLE of them.
//
// Subcommands run in PostgreSQL's order of passes: drops, new columns, column properties, constraints,
// the rest. ADD COLUMN with a default that is the same for every row touches none.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string AlterTable(const PgQuery__AlterTableStmt& statement, CommandInput& input);
// The owner of a relation, and of its indexes and the sequences its columns own.
void SetRelationOwner(CommandInput& input, const catalog::Relation& relation, Oid owner);

}  // namespace grizzly::commands
