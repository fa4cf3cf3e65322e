// PARTITION BY and FOR VALUES as written, checked, as values of the catalog.
//
// ERRORS   42P17, 42P16, 42703, 42804, 42704 with PostgreSQL's wording and places
// SOURCE   PostgreSQL 15 docs, CREATE TABLE
#pragma once

#include "commands/command.h"

namespace grizzly::commands {

// `table` has the columns the key names.
catalog::PartitionKey ReadPartitionKey(CommandInput& input, const PgQuery__PartitionSpec& spec,
                                       const catalog::Relation& table);
// `locations`: of its values, a range's lower ones; errors about the bound point there.
catalog::PartitionBound ReadPartitionBound(CommandInput& input, const catalog::Relation& parent,
                                           const PgQuery__PartitionBoundSpec& spec,
                                           std::vector<int>* locations);

// 42P17 when a partition of that name with the bound cannot be one of parent's: overlaps, conflicting
// moduli, an empty range.
void CheckNewBound(CommandInput& input, const catalog::Relation& parent, const std::string& name,
                   const catalog::PartitionBound& bound, const std::vector<int>& locations);

}  // namespace grizzly::commands
