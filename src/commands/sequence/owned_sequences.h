// Sequences that belong to columns: of serial and identity columns, and those made OWNED BY one.
#pragma once

#include <vector>

#include "commands/command.h"

namespace grizzly::commands {

// In order of their oids.
std::vector<Oid> OwnedSequences(CommandInput& input, const catalog::Relation& table);

}  // namespace grizzly::commands
