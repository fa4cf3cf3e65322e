// ALTER TABLE ... ALTER CONSTRAINT and VALIDATE CONSTRAINT.
//
// ERRORS   PostgreSQL's: 42704, 42809; 23503, 23514 for rows that do not satisfy it.
#pragma once

#include "commands/alter/alter_children.h"
#include "commands/ast_read.h"
#include "commands/command.h"

namespace grizzly::commands {

void AlterConstraint(CommandInput& input, const catalog::Relation& table,
                     const PgQuery__Constraint& change);
void ValidateConstraint(CommandInput& input, const catalog::RelationPtr& table,
                        std::string_view name, Reach reach);

}  // namespace grizzly::commands
