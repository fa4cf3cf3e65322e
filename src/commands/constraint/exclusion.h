// EXCLUDE: from what is written to an index and a constraint in the catalog.
//
// A btree (or hash) exclusion constraint is an index whose entries end with the row's key; one over
// gist or spgist operators has no entries: rows are compared one by one
// (executor/constraint/exclusion_search.h).
//
// ERRORS   PostgreSQL's: 42703, 42704, 42809, 42883; 23P01 for rows that exclude each other.
#pragma once

#include "commands/command.h"
#include "commands/table/table_elements.h"

namespace grizzly::commands {

// Returns the table as it is then.
catalog::RelationPtr AddExclusion(CommandInput& input, const catalog::RelationPtr& table,
                                  const ExclusionElement& element, bool is_new_table);

}  // namespace grizzly::commands
