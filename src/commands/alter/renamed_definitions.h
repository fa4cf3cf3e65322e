// Stored definitions are texts. When something they name gets another name, or a row type loses a field, they are
// bound under the catalog as it was and written with the names as they are: views, defaults, checks, generated
// columns, partition keys, indexes, domains, extended statistics.
#pragma once

#include <span>

#include "catalog/catalog.h"
#include "catalog/object_text.h"
#include "commands/command.h"

namespace grizzly::commands {

// After the change. `renamed`: relations (their row types and own definitions with them), columns and fields (sub),
// types (with their arrays), collations, text search objects, schemas. A definition that could not be bound
// stays as it is. Throws 0A000 for one that cannot be printed.
void RewriteDefinitions(CommandInput& input, const catalog::SnapshotPtr& before,
                        std::span<const catalog::ObjectAddress> renamed);
// Of all that lies in a schema, and names it.
void RewriteDefinitionsOfSchema(CommandInput& input, const catalog::SnapshotPtr& before, Oid schema);

}  // namespace grizzly::commands
