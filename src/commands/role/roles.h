// CREATE, ALTER and DROP ROLE.
//
// A password is kept as a SCRAM-SHA-256 verifier; one given as a verifier is taken as it is.
#pragma once

#include <memory>
#include <string>

#include "commands/ast_read.h"
#include "commands/command.h"

namespace grizzly::commands {

// Throws 42601 conflicting or redundant options, at the second of two options of one name.
void RefuseRepeated(const std::vector<Option>& options);
std::string CreateRole(const PgQuery__CreateRoleStmt& statement, CommandInput& input);
std::string AlterRole(const PgQuery__AlterRoleStmt& statement, CommandInput& input);
std::string RenameRole(const PgQuery__RenameStmt& statement, CommandInput& input);
std::string DropRole(const PgQuery__DropRoleStmt& statement, CommandInput& input);

// Throws 2BP01 when the role owns something of this database, or a database.
void RefuseOwner(CommandInput& input, const catalog::Role& role);
// A role by name, CURRENT_USER and the like. Throws 42704 role "x" does not exist.
std::shared_ptr<const catalog::Role> ResolveRole(CommandInput& input,
                                                 const PgQuery__RoleSpec& role);

}  // namespace grizzly::commands
