// CREATE SEQUENCE and ALTER SEQUENCE.
#pragma once

#include <string>

#include "commands/command.h"
#include "commands/relation_lookup.h"
#include "commands/sequence/sequence_options.h"

namespace grizzly::commands {

std::string CreateSequence(const PgQuery__CreateSeqStmt& statement, CommandInput& input);
std::string AlterSequence(const PgQuery__AlterSeqStmt& statement, CommandInput& input);

// A sequence of that name, which is locked and free. Throws 42P07.
catalog::RelationPtr MakeSequence(CommandInput& input, const CreationTarget& target,
                                  const catalog::SequenceDefinition& definition);
// ALTER SEQUENCE of one that is locked.
void ChangeSequence(CommandInput& input, const catalog::RelationPtr& sequence,
                    std::span<ast::Node* const> options, bool is_identity);
// Starts over at `value` (TRUNCATE RESTART IDENTITY: the definition's start); undone by rollback.
void RestartSequence(CommandInput& input, const catalog::Relation& sequence, int64_t value);

}  // namespace grizzly::commands
