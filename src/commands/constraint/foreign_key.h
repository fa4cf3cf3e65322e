// FOREIGN KEY: from what is written to a constraint in the catalog, checked against the rows there.
//
// LOCKS    SHARE ROW EXCLUSIVE on the referenced table.
// Constraints of and to partitioned tables get their parts: constraint/partition_keys.h.
// ERRORS   PostgreSQL's: 42830, 42703, 42704, 42804, 42809, 42P16, 55000; 23503 for rows there.
#pragma once

#include "commands/alter/alter_children.h"
#include "commands/command.h"
#include "commands/table/table_elements.h"

namespace grizzly::commands {

// Returns the table as it is then. `is_new_table`: there are no rows to check.
catalog::RelationPtr AddForeignKey(CommandInput& input, const catalog::RelationPtr& table,
                                   const ForeignKeyElement& element, Reach reach, bool is_new_table);

// Throws 23503 unless every row there is refers to one. Not of a partitioned table.
void CheckForeignKeyRows(CommandInput& input, const catalog::RelationPtr& table,
                         const catalog::Constraint& constraint);

// After a column of either side got another type. Throws 42804 when the types do not go together any
// more, 23503 as above.
void CheckForeignKeyAgain(CommandInput& input, const catalog::RelationPtr& table,
                          const catalog::Constraint& constraint);

}  // namespace grizzly::commands
