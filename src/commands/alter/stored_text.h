// A stored expression copied from one table to another.
#pragma once

#include <string>

namespace grizzly::commands {

// An expression over one table that may qualify columns by the table's name: by the other's.
std::string RenameTableInExpression(const std::string& expression, const std::string& old_name,
                                    const std::string& new_name);

}  // namespace grizzly::commands
