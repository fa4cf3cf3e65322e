// Stored values of a domain against a new constraint of it.
#pragma once

#include "commands/command.h"

namespace grizzly::commands {

// Throws 23502 (check null: NOT NULL) or 23514 naming the first column that holds a value against it;
// 0A000 when a stored composite, array or range has such values inside.
void CheckStoredDomainValues(CommandInput& input, const catalog::Type& domain,
                             const catalog::Constraint* check);

}  // namespace grizzly::commands
