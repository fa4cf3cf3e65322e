// CREATE TABLE (LIKE ... INCLUDING ...): what is taken over from another relation.
#pragma once

#include "commands/command.h"
#include "commands/table/table_elements.h"

namespace grizzly::commands {

// Appends the source's columns, and what the options ask for, to the elements. Throws 42P01; 42809
// relation "s" is invalid in LIKE clause.
void ReadLike(CommandInput& input, const PgQuery__TableLikeClause& clause, TableElements* elements);

// INCLUDING INDEXES: after the table's own keys are made. Returns the table as it is then.
catalog::RelationPtr AddLikeIndexes(CommandInput& input, catalog::RelationPtr table,
                                    const TableElements& elements);

}  // namespace grizzly::commands
