// CREATE TYPE AS (...), and ALTER TYPE ADD, DROP and ALTER ATTRIBUTE.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CreateComposite(const PgQuery__CompositeTypeStmt& statement, CommandInput& input);
// 42P16: a composite value cannot hold itself, however deep; `type` is the relation whose row it would be.
void RefuseSelfMember(CommandInput& input, const catalog::Relation& type, Oid attribute);
std::string AlterComposite(const PgQuery__AlterTableStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
