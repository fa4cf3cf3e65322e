// CREATE, ALTER and DROP OPERATOR FAMILY; RENAME, SET SCHEMA, OWNER TO of one.
//
// ERRORS   42501 only superusers, 42710 there is one already, 42704 none, 42P17 numbers and signatures
// SOURCE   PostgreSQL 15 docs, ALTER OPERATOR FAMILY, 38.16 "Interfacing Extensions to Indexes"
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateOperatorFamily(const PgQuery__CreateOpFamilyStmt& statement, CommandInput& input);
std::string AlterOperatorFamily(const PgQuery__AlterOpFamilyStmt& statement, CommandInput& input);

// `name` begins with the access method. 0: none that users made.
Oid FindMadeFamily(CommandInput& input, const std::vector<std::string>& name);
std::string RenameOperatorFamily(const PgQuery__RenameStmt& statement, CommandInput& input);
std::string MoveOperatorFamily(const PgQuery__AlterObjectSchemaStmt& statement, CommandInput& input);
std::string ChangeFamilyOwner(const PgQuery__AlterOwnerStmt& statement, CommandInput& input, Oid owner);

}  // namespace grizzly::commands
