// SET lists: of UPDATE and of ON CONFLICT DO UPDATE; elements of columns as targets.
#pragma once

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

[[noreturn]] void ThrowNoTargetColumn(const catalog::Relation& relation, std::string_view name,
                                      int location);

// What `column[1]`, `column[2:3]` or `column['key']` as a target takes.
SqlType ElementTargetType(BindState& state, const PgQuery__ResTarget& target,
                          const catalog::Column& column);
// The container with `value` (of any type) put there. Throws 42804 when the value does not fit.
ExprPtr PutElement(ExpressionBinder& binder, const PgQuery__ResTarget& target,
                   const catalog::Column& column, ExprPtr container, ExprPtr value);

// `old_columns` are the ids of the row as it is (for element assignments).
std::vector<OnConflict::Assignment> BindAssignments(ExpressionBinder& binder,
                                                    const catalog::Relation& relation,
                                                    std::span<const ColumnId> old_columns,
                                                    ast::Node* const* nodes, size_t count);

}  // namespace grizzly::planner
