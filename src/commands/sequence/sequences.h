// CREATE SEQUENCE and ALTER SEQUENCE.
#pragma once

#include <string>

#include "commands/command.h"
#include "commands/sequence/sequence_options.h"

namespace grizzly::commands {

std::string CreateSequence(const PgQuery__CreateSeqStmt& statement, CommandInput& input);
std::string AlterSequence(const PgQuery__AlterSeqStmt& statement, CommandInput& input);

// A sequence of that name, which is locked and free. Throws 42P07.
catalog::RelationPtr MakeSequence(CommandInput& input, Oid schema, const std::string& name,
                                  const catalog::SequenceDefinition& definition);
// Starts over at `value` (TRUNCATE RESTART IDENTITY: the definition's start); undone by rollback.
void RestartSequence(CommandInput& input, const catalog::Relation& sequence, int64_t value);

}  // namespace grizzly::commands
