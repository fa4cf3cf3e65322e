// USING and SET ACCESS METHOD: how a table keeps its rows.
#pragma once

#include <string>
#include <string_view>

#include "commands/command.h"

namespace grizzly::commands {

// "heap" or "columnar"; empty: default_table_access_method. Throws 42704 access method "x" does not exist,
// 55000 access method "x" is not of type TABLE.
std::string ChooseAccessMethod(const CommandInput& input, std::string_view name);

// Moves the rows of a table, locked and new to nobody, over to another access method.
void SetAccessMethod(CommandInput& input, const catalog::Relation& table, std::string_view name);

}  // namespace grizzly::commands
