// What a new table takes over from its parents (INHERITS, PARTITION OF), merged with what it says
// itself.
//
// ERRORS   42804 type conflicts, 42P21 collation conflicts, 42611 conflicting defaults, 42710
//          conflicting checks; NOTICEs for what is merged
// SOURCE   PostgreSQL 15 docs, 5.10 "Inheritance"; CREATE TABLE
#pragma once

#include <span>
#include <vector>

#include "commands/command.h"
#include "commands/table/table_elements.h"

namespace grizzly::commands {

// The tables of INHERITS, locked so that they keep their columns and get no conflicting children.
std::vector<catalog::RelationPtr> LockParents(CommandInput& input, std::span<ast::Node* const> names,
                                              char persistence);

// The parents' columns, then those only the table has; attnums are set. `elements` keeps its checks.
void MergeColumns(CommandInput& input, std::span<const catalog::RelationPtr> parents,
                  TableElements* elements);
// A parent's column as a child without it gets it.
ColumnElement InheritedColumn(const catalog::Column& column);
// The parents' checks, to be checks of `table` (whose columns are merged).
std::vector<catalog::Constraint> InheritedChecks(CommandInput& input,
                                                 std::span<const catalog::RelationPtr> parents,
                                                 const catalog::Relation& table);
// A check of `parent` as `table` has it: columns by name, the parent's name replaced; not local, one
// parent, no oid.
catalog::Constraint CheckForChild(const catalog::Constraint& check, const catalog::Relation& parent,
                                  const catalog::Relation& table);
// Whether two checks of `table` say the same.
bool SameCheck(CommandInput& input, const catalog::Relation& table,
               const catalog::Definition& a, const catalog::Definition& b);
// Merges a check the table says itself into an inherited one of that name, with a NOTICE. False: there
// is none.
bool MergeOwnCheck(CommandInput& input, const CheckElement& check, catalog::Relation* table);

// 42804, 42P21: one column, two types. `what` "inherited column", "column", "child table ...".
void RequireSameType(CommandInput& input, std::string_view what, const catalog::Column& there,
                     const types::SqlType& given);

}  // namespace grizzly::commands
