// DROP of kinds of objects that nobody can make here: those PostgreSQL comes with stay, all others are missing.
//
// ERRORS   2BP01 it is required by the database system; 42704, 42883, 42P01, 3F000 it does not exist, a notice
//          with IF EXISTS; 42809 it is of another kind; 42725
// SOURCE   PostgreSQL 15 docs, "SQL Commands"; wording from a running PostgreSQL 15
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

// Whether the kind is one of those.
bool IsBuiltinKind(PgQuery__ObjectType type);
// Returns the command tag.
std::string DropBuiltinObjects(const PgQuery__DropStmt& statement, CommandInput& input);

}  // namespace grizzly::commands
