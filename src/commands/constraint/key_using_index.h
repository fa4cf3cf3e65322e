// ADD CONSTRAINT ... PRIMARY KEY | UNIQUE USING INDEX: an index becomes a key.
//
// ERRORS   PostgreSQL's: 42704, 42809, 55000, 42P16; 23502 for a primary key over NULLs.
#pragma once

#include "commands/command.h"
#include "commands/table/table_elements.h"

namespace grizzly::commands {

// Returns the table as it is then.
catalog::RelationPtr AddKeyUsingIndex(CommandInput& input, const catalog::RelationPtr& table,
                                      const KeyElement& key);

}  // namespace grizzly::commands
