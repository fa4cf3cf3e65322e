// SET lists: of UPDATE and of ON CONFLICT DO UPDATE.
#pragma once

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

[[noreturn]] void ThrowNoTargetColumn(const catalog::Relation& relation, std::string_view name,
                                      int location);

// `old_columns` are the ids of the row as it is (for element assignments).
std::vector<OnConflict::Assignment> BindAssignments(ExpressionBinder& binder,
                                                    const catalog::Relation& relation,
                                                    std::span<const ColumnId> old_columns,
                                                    ast::Node* const* nodes, size_t count);

}  // namespace grizzly::planner
