// ALTER TYPE and DOMAIN: RENAME, SET SCHEMA, OWNER TO; COMMENT ON them. What is stored as text and mentions
// the old name is rewritten.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

// ALTER DOMAIN and COMMENT ON DOMAIN take only domains.
std::string RenameType(const PgQuery__RenameStmt& statement, CommandInput& input);
std::string RenameAttribute(const PgQuery__RenameStmt& statement, CommandInput& input);
std::string RenameDomainConstraint(const PgQuery__RenameStmt& statement, CommandInput& input);
std::string SetTypeSchema(const PgQuery__AlterObjectSchemaStmt& statement, CommandInput& input);
std::string SetTypeOwner(const PgQuery__AlterOwnerStmt& statement, CommandInput& input, Oid owner);
void CommentOnType(const PgQuery__CommentStmt& statement, CommandInput& input, std::string text);
void CommentOnDomainConstraint(const PgQuery__CommentStmt& statement, CommandInput& input,
                               std::string text);

}  // namespace grizzly::commands
