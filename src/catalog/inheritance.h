// Trees of tables: inheritance and partitions, as the `inherits` of their members say.
//
// ORDER    children by oid, as PostgreSQL finds them in pg_inherits; a tree breadth first, its root
//          first, each member once.
// THREADS  reads one immutable snapshot.
#pragma once

#include <vector>

#include "catalog/catalog.h"

namespace grizzly::catalog {

bool HasChildren(const CatalogSnapshot& catalog, Oid relation);
std::vector<RelationPtr> ChildrenOf(const CatalogSnapshot& catalog, Oid relation);
std::vector<RelationPtr> TreeOf(const CatalogSnapshot& catalog, const RelationPtr& root);
// The tables with rows that a partitioned table is made of, in the order of its bounds; of another table,
// itself.
std::vector<RelationPtr> PartitionLeaves(const CatalogSnapshot& catalog, const RelationPtr& root);
// The parents of a partition (of a table or an index), the nearest first; empty: not a partition.
std::vector<RelationPtr> PartitionAncestors(const CatalogSnapshot& catalog,
                                            const Relation& relation);
// The partition's index that is a part of `index`, which is of a table above it; null: it has none.
RelationPtr PartOfIndex(const CatalogSnapshot& catalog, const Relation& partition, Oid index);
// The constraints that have this one as their parent: partitions' of it, or those about partitions.
std::vector<Oid> PartsOfConstraint(const CatalogSnapshot& catalog, Oid constraint);
// For each column of `to`, the 0-based position of `from`'s column of that name; -1: none, or dropped.
std::vector<int32_t> MapColumnsByName(const Relation& to, const Relation& from);

}  // namespace grizzly::catalog
