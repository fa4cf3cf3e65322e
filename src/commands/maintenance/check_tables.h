// Whether what is stored of a database agrees with itself: every row can be read, every index has exactly the
// entries of its table's rows, every reference has its row.
//
// MEMORY   an index and its table are compared by count and a 128-bit sum of hashes, whatever their size.
// LOCKS    SHARE on each table while it is checked.
#pragma once

#include <string>
#include <vector>

#include "commands/command.h"

namespace grizzly::commands {

// A sentence for each thing that is wrong.
std::vector<std::string> CheckTables(CommandInput& input);

}  // namespace grizzly::commands
