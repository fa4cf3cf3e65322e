// ALTER TABLE ... ALTER COLUMN ... SET DATA TYPE: all of a statement at once, since each USING is over the
// rows as they were. Indexes on the columns follow; the rows move into a new storage.
#pragma once

#include <span>

#include "commands/command.h"

namespace grizzly::commands {

// Throws 42804 cannot be cast automatically; 0A000 when a view or a generated column uses the column.
void AlterColumnTypes(CommandInput& input, const catalog::RelationPtr& table,
                      std::span<const PgQuery__AlterTableCmd* const> commands);

// Throws 0A000 cannot alter table "t" because column "u.c" uses its row type.
void RefuseUsedRowType(CommandInput& input, const catalog::Relation& table);

}  // namespace grizzly::commands
