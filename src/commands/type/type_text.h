// Stored definitions that mention a type, when its name or schema changes.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

// Rewrites defaults, checks and views that depend on the type. `type` as it was.
void RewriteTypeMentions(CommandInput& input, const catalog::Type& type,
                         const std::string& new_schema, const std::string& new_name);

}  // namespace grizzly::commands
