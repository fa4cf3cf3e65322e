// CREATE TABLE ... PARTITION OF, ALTER TABLE ... ATTACH and DETACH PARTITION.
//
// LOCKS    the partitioned table SHARE UPDATE EXCLUSIVE, its default partition ACCESS EXCLUSIVE while
//          its rows are checked
// SOURCE   PostgreSQL 15 docs, CREATE TABLE, ALTER TABLE, 5.11 "Table Partitioning"
#pragma once

#include "commands/command.h"

namespace grizzly::commands {

// The table that PARTITION OF names. Throws 42P17 "t" is not partitioned.
catalog::RelationPtr LockPartitioned(CommandInput& input, const PgQuery__RangeVar& name,
                                     char persistence);
// Checks the bound of a partition to be made; no row of the default partition may belong to it.
catalog::PartitionBound CheckedBound(CommandInput& input, const catalog::Relation& parent,
                                     const std::string& name,
                                     const PgQuery__PartitionBoundSpec& spec);

void AttachPartition(CommandInput& input, const catalog::RelationPtr& parent,
                     const PgQuery__PartitionCmd& command);
void DetachPartition(CommandInput& input, const catalog::RelationPtr& parent,
                     const PgQuery__PartitionCmd& command);

}  // namespace grizzly::commands
