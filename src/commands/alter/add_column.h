// ALTER TABLE ADD COLUMN, and adding constraints to a table that has rows.
#pragma once

#include "commands/command.h"
#include "commands/table/table_elements.h"

namespace grizzly::commands {

void AddColumn(CommandInput& input, const catalog::RelationPtr& table,
               const PgQuery__ColumnDef& definition, bool if_not_exists);
// The keys and checks of `elements`, checked against the rows.
void AddConstraints(CommandInput& input, const catalog::RelationPtr& table,
                    const TableElements& elements);

}  // namespace grizzly::commands
