// ALTER TABLE on the children of a table: columns and checks that go down the inheritance tree, one
// level at a time, counting at each child from how many parents it has them.
//
// ERRORS   42P16 with ONLY where children must follow; 42804, 42P21, 42710 for conflicts
// SOURCE   PostgreSQL 15 docs, ALTER TABLE; 5.10 "Inheritance"
#pragma once

#include <string>

#include "commands/command.h"

namespace grizzly::commands {

enum class Reach : uint8_t { kOnly, kTree };

// The members of the table's tree below it, locked; empty with kOnly.
std::vector<Oid> LockDescendants(CommandInput& input, const catalog::Relation& table, Reach reach);
// Its children, locked for a change.
std::vector<catalog::RelationPtr> LockChildren(CommandInput& input, Oid table);

// 42P16 cannot drop (alter) column "a" because it is part of the partition key of relation "t".
void RefuseKeyColumn(CommandInput& input, const catalog::Relation& table, std::string_view column,
                     std::string_view verb);

// 42P16 unless every partition of a partitioned table has the column NOT NULL.
void RequireNotNullInPartitions(CommandInput& input, const catalog::Relation& table,
                                std::string_view column);

// The column the parent just got.
void AddColumnToChildren(CommandInput& input, const catalog::Relation& parent,
                         AttributeNumber attnum, Reach reach);
// The check the parent just got.
void AddCheckToChildren(CommandInput& input, const catalog::Relation& parent,
                        const catalog::Constraint& check, Reach reach);

// DROP COLUMN and DROP CONSTRAINT of a table and what its children have from it alone.
void DropColumnOfTree(CommandInput& input, const catalog::Relation& table, const std::string& column,
                      bool cascade, Reach reach);
void DropConstraintOfTree(CommandInput& input, const catalog::Relation& table,
                          const std::string& constraint, bool cascade, Reach reach);

// The tree of a table whose column is to be renamed or retyped, with 42P16 when a parent outside of it
// has the column as well, or children are left out.
std::vector<Oid> TreeOfColumn(CommandInput& input, const catalog::Relation& table,
                              std::string_view column, Reach reach, std::string_view only_message,
                              std::string_view inherited_message);

}  // namespace grizzly::commands
