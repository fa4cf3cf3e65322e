// ALTER TABLE ... INHERIT and NO INHERIT; how a table becomes a child, or is one no longer.
#pragma once

#include "commands/command.h"

namespace grizzly::commands {

void AlterInherit(CommandInput& input, const catalog::RelationPtr& child,
                  const PgQuery__RangeVar& parent);
void AlterNoInherit(CommandInput& input, const catalog::RelationPtr& child,
                    const PgQuery__RangeVar& parent);

// Counts the parent's columns and checks at the child, which must have them (42804, 42P17). A
// partition's are no longer its own.
void MergeIntoExisting(CommandInput& input, const catalog::Relation& parent,
                       catalog::Relation* child);
// The reverse; what no parent has any more is the child's own.
void LeaveParent(const catalog::Relation& parent, catalog::Relation* child);

}  // namespace grizzly::commands
