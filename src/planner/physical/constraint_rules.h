// Foreign keys, and keys that are checked later, from the catalog.
#pragma once

#include <vector>

#include "catalog/catalog.h"
#include "plan/modify_node.h"

namespace grizzly::planner {

// Null when the relations it names are not there (any more).
plan::ForeignKeyRulePtr MakeForeignKeyRule(const catalog::CatalogSnapshot& catalog,
                                           const catalog::RelationPtr& referencing,
                                           const catalog::Constraint& constraint);
// Whether the table's foreign key is the part of another one of it: about one partition of what that refers
// to, so that rows need not meet it.
bool IsReferencedPart(const catalog::Relation& table, const catalog::Constraint& constraint);
// Null when the constraint needs no check besides that of its index.
plan::IndexRulePtr MakeIndexRule(const catalog::CatalogSnapshot& catalog,
                                 const catalog::RelationPtr& table,
                                 const catalog::Constraint& constraint);
// Foreign keys, of this table or others, that refer to it; oldest first. Of a partitioned table's the whole
// and not what its partitions have of it.
std::vector<plan::ForeignKeyRulePtr> ForeignKeysTo(const catalog::CatalogSnapshot& catalog,
                                                   const catalog::Relation& table);
// Fills in what the rules of rules->relation say about other rows.
void AddConstraintRules(const catalog::CatalogSnapshot& catalog, plan::RowRules* rules);
// The same for rows that go from leaf to leaf.
void AddMoveRules(const catalog::CatalogSnapshot& catalog, plan::RowRouting* routing);

// The operator by which a referencing column's value is compared with a referenced one of key class
// `opclass`: of its family, or behind an implicit cast; 0: the types cannot refer to each other.
Oid ReferenceOperator(const catalog::CatalogSnapshot& catalog, const types::SqlType& referencing,
                      const types::SqlType& referenced, Oid opclass);

}  // namespace grizzly::planner
