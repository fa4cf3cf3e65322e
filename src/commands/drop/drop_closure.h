// What goes when something is dropped: objects that depend on it, found through the catalog's edges,
// reported or taken along as PostgreSQL does, and removed.
//
// ERRORS   2BP01 dependent_objects_still_exist, with the list as detail.
// SOURCE   PostgreSQL 15 docs, "Dependency Tracking"; its behaviour
#pragma once

#include <vector>

#include "catalog/object_text.h"
#include "commands/command.h"

namespace grizzly::commands {

// Drops the objects and everything that goes with them. Locks what it drops. Without `cascade` throws
// when something else depends on them; with it, says what else went.
void DropObjects(CommandInput& input, const std::vector<catalog::ObjectAddress>& targets,
                 bool cascade);
// Locks and throws as it does without `cascade`, and drops nothing.
void RequireDroppable(CommandInput& input, const std::vector<catalog::ObjectAddress>& targets);

}  // namespace grizzly::commands
