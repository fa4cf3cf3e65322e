// Foreign keys of partitioned tables. Every partition has its own of each that its table has, and a foreign
// key that refers to a partitioned table has a part for each of its partitions, beside it in the same table.
// What is a part names the whole as its parent (pg_constraint.conparentid), level by level.
//
// LOCKS    SHARE ROW EXCLUSIVE on partitions that get one
// ERRORS   23503 for rows there
// SOURCE   PostgreSQL 15 docs, 5.11.2 "Declarative Partitioning"; CREATE TABLE, ALTER TABLE
#pragma once

#include "commands/command.h"

namespace grizzly::commands {

// Gives the constraint of the table its parts: those of partitions it refers to, and, where the table is
// partitioned, one of each partition, an equal one of its own or made. Returns the table as it is then.
catalog::RelationPtr AddForeignKeyParts(CommandInput& input, Oid table, Oid constraint,
                                        bool is_new_table);
// Gives a new partition what its parent has, and those who refer to the parent a part for it.
catalog::RelationPtr AddParentForeignKeys(CommandInput& input, const catalog::Relation& parent,
                                          Oid partition, bool is_new_table);
// Throws 23503 removing partition "p" violates ... when a row refers to one of its rows.
void RequireUnreferenced(CommandInput& input, const catalog::Relation& partition);
// The reverse of AddParentForeignKeys: what the partition has from its parent is its own.
void DetachForeignKeys(CommandInput& input, Oid partition);

}  // namespace grizzly::commands
