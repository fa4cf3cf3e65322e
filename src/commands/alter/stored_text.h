// Rewriting stored definitions when what they mention is renamed.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

// An expression over one table: column `old_name` becomes `new_name`.
std::string RenameColumnInExpression(const std::string& expression, const std::string& old_name,
                                     const std::string& new_name);
// An expression over one table that may qualify columns by the table's name.
std::string RenameTableInExpression(const std::string& expression, const std::string& old_name,
                                    const std::string& new_name);
// nextval('old'::regclass) and the like: every constant that names relation `oid`.
std::string RenameRelationConstants(CommandInput& input, const std::string& expression, Oid oid,
                                    const std::string& new_text);

}  // namespace grizzly::commands
