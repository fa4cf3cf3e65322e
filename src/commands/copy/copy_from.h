// COPY table FROM: lines into batches, batches into rows.
//
// A batch is parsed into vectors, completed (defaults, WHERE, generated columns), checked as a whole and
// written. An error names its line: what fails in a batch is run again row by row to find it.
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

std::string CopyFrom(const PgQuery__CopyStmt& statement, CommandInput& input);

// The columns of a COPY column list, or all that are not generated. Throws 42703, 42701, 42P10.
std::vector<AttributeNumber> CopyColumns(const catalog::Relation& table,
                                         const PgQuery__CopyStmt& statement);
// Files are for superusers, by absolute path.
void CheckCopyFile(CommandInput& input, std::string_view path, bool is_from);

}  // namespace grizzly::commands
