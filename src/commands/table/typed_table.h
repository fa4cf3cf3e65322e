// CREATE TABLE ... OF type and ALTER TABLE OF: tables whose columns are a composite type's.
#pragma once

#include "commands/command.h"
#include "commands/table/table_elements.h"

namespace grizzly::commands {

// The type a typed table is made of. Throws 42704; 42809 type t is not a composite type.
std::shared_ptr<const catalog::Type> RequireTableType(CommandInput& input,
                                                      const PgQuery__TypeName& name);
// The type's columns, with what the elements' WITH OPTIONS say about them. Throws 42703, 42701.
void ReadTypedColumns(CommandInput& input, const PgQuery__CreateStmt& statement,
                      TableElements* elements);

void SetTableType(CommandInput& input, const catalog::RelationPtr& table,
                  const PgQuery__AlterTableCmd& command);
void DropTableType(CommandInput& input, const catalog::RelationPtr& table,
                   const PgQuery__AlterTableCmd& command);
// The tables of a composite type, locked for a change of it. Throws 2BP01 when there are any, unless `cascade`.
std::vector<catalog::RelationPtr> LockTypedTables(CommandInput& input, const catalog::Relation& type,
                                                  bool cascade);
// Throws 42809 `cannot add column to typed table` and the like.
void RefuseTyped(const catalog::Relation& table, std::string_view what);

}  // namespace grizzly::commands
