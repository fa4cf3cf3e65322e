// ALTER TABLE ADD COLUMN, and adding constraints to a table that has rows.
#pragma once

#include "commands/alter/alter_children.h"
#include "commands/command.h"
#include "commands/table/table_elements.h"

namespace grizzly::commands {

void AddColumn(CommandInput& input, const catalog::RelationPtr& table,
               const PgQuery__ColumnDef& definition, bool if_not_exists, Reach reach);
// The column alone, with a value for the rows there.
catalog::RelationPtr AppendColumn(CommandInput& input, const catalog::RelationPtr& table,
                                  ColumnElement element);
// The keys and checks of `elements`, checked against the rows.
void AddConstraints(CommandInput& input, const catalog::RelationPtr& table,
                    const TableElements& elements, Reach reach);

}  // namespace grizzly::commands
