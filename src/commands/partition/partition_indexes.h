// Indexes of partitioned tables: one of each on every partition, its own ones found again or made.
//
// ERRORS   0A000 for unique keys that leave out a partition key column
// SOURCE   PostgreSQL 15 docs, 5.11.2.2 "Partition Maintenance"; CREATE INDEX
#pragma once

#include "commands/command.h"
#include "commands/index/define_index.h"

namespace grizzly::commands {

// A unique key has every column of the partition key.
void CheckUniqueKey(const catalog::Relation& table, const IndexRequest& request);
// Gives every partition of the index's table one like it, as a part of it.
void AddIndexToPartitions(CommandInput& input, const catalog::RelationPtr& index);
// Gives the partition one like each of its parent's. Returns it as it is then.
catalog::RelationPtr AddParentIndexes(CommandInput& input, const catalog::Relation& parent,
                                      Oid partition);
// Makes `index` (of a partition) a part of `parent`, its constraint, too.
void AttachIndex(CommandInput& input, const catalog::Relation& index,
                 const catalog::Relation& parent);
// The reverse, for every index of a partition.
void DetachIndexes(CommandInput& input, Oid partition);
// ALTER INDEX ... ATTACH PARTITION.
void AlterIndexAttach(CommandInput& input, const catalog::RelationPtr& parent,
                      const PgQuery__RangeVar& name);

}  // namespace grizzly::commands
