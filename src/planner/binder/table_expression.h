// Expressions over the columns of one table: defaults, checks, index parts, generated columns.
#pragma once

#include <span>

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

// Column attnum is columns[attnum - 1]. `relation` null: no columns.
ExprPtr BindOverTable(BindState& state, const ast::Node& node, const catalog::Relation* relation,
                      std::span<const ColumnId> columns, Place place);
ExprPtr BindOverTable(BindState& state, const catalog::Definition& definition,
                      const catalog::Relation* relation, std::span<const ColumnId> columns,
                      Place place);
// The names of the table's columns for expressions over those ids.
RangeItem TableItem(const catalog::RelationPtr& relation, std::string_view alias,
                    std::span<const ColumnId> columns);

// What a column gets when a statement gives it nothing: default, next identity value or NULL.
// Null for generated columns.
ExprPtr DefaultOf(BindState& state, const catalog::Column& column);

// What a column of the domain gets without a default of its own; null when the domain has none.
ExprPtr DefaultOfDomain(BindState& state, Oid domain);

// The checks and indexes that new rows meet. Makes the row's column ids.
RowRules MakeRowRules(BindState& state, QueryLevel& level, const catalog::RelationPtr& relation);
void BindRowRules(BindState& state, RowRules& rules);

// Throws unless rows of the relation can be changed by INSERT, UPDATE, DELETE.
void CheckMayChange(const catalog::Relation& relation, std::string_view command, int location);

// RETURNING over names in the level; fills the node's outputs and the query's.
std::vector<ExprPtr> BindReturning(BindState& state, QueryLevel& level, ast::Node* const* nodes,
                                   size_t count, LogicalNode& node, BoundQuery& query);

}  // namespace grizzly::planner
