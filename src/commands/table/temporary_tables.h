// What becomes of temporary objects: at commit, and when their session ends.
#pragma once

#include <span>

#include "commands/command.h"

namespace grizzly::commands {

// ON COMMIT of `tables`, those that are there any more: deletes their rows, or drops them. Called last in
// a transaction that is about to commit. Says which tables there still are.
std::vector<Oid> RunOnCommitActions(CommandInput& input, std::span<const Oid> tables);

// Everything in a temporary schema, and what depends on it, without a word. The schema stays.
void DropTemporaryObjects(CommandInput& input, Oid schema);

}  // namespace grizzly::commands
