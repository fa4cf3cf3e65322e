// The options of CREATE SEQUENCE, ALTER SEQUENCE and identity columns.
// ERRORS   22023, 42601 as PostgreSQL words them.
#pragma once

#include <optional>
#include <span>

#include "catalog/relation.h"
#include "commands/ast_read.h"
#include "commands/command.h"

namespace grizzly::commands {

struct SequenceChange {
  catalog::SequenceDefinition definition;
  std::optional<int64_t> restart;                 // RESTART [WITH n]
  std::optional<std::vector<std::string>> owner;  // OWNED BY; {"none"} for NONE
  std::optional<QualifiedName> name;              // SEQUENCE NAME of an identity column
};

// Throws 22023 sequence type must be smallint, integer, or bigint.
void RequireSequenceType(Oid type, bool is_identity);

// `before` null: a new sequence. `column_type`: what serial or identity asks for; 0: bigint, or AS.
SequenceChange ReadSequenceOptions(CommandInput& input, std::span<ast::Node* const> options,
                                   const catalog::SequenceDefinition* before, Oid column_type,
                                   bool is_identity);

}  // namespace grizzly::commands
