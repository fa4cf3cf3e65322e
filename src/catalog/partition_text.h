// Partition bounds as SQL: the clause as pg_class shows it, and the condition that rows of a partition
// meet.
//
// SOURCE  PostgreSQL 15 docs, CREATE TABLE "PARTITION OF"; pg_get_partition_constraintdef() of a
//         running PostgreSQL 15
#pragma once

#include <string>

#include "catalog/catalog.h"

namespace grizzly::catalog {

// FOR VALUES FROM (1) TO (MAXVALUE); FOR VALUES IN (1, NULL); FOR VALUES WITH (...); DEFAULT.
std::string PartitionBoundText(const PartitionKey& key, const PartitionBound& bound);
// The values of one side of a range, as errors show them: (1, MINVALUE).
std::string PartitionBoundValues(const PartitionKey& key,
                                 const std::vector<PartitionBound::Value>& values);

// What rows of a partition meet by its own bound and by those of its ancestors, over its own columns;
// empty: every row. Of a default partition it depends on its siblings.
Definition PartitionConstraint(const CatalogSnapshot& catalog, const Relation& partition);
// What rows of `parent` meet that belong to a partition with this bound.
Definition BoundConstraint(const CatalogSnapshot& catalog, const Relation& parent,
                           const PartitionBound& bound);

}  // namespace grizzly::catalog
