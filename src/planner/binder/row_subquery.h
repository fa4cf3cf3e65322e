// (SELECT a, b) where one row of several values is wanted.
#pragma once

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

// Each column as a scalar subquery of its own: the same as one subquery as long as it is not volatile,
// which is refused (0A000). The caller checks the count.
std::vector<ExprPtr> BindRowSubquery(ExpressionBinder& binder, const PgQuery__SubLink& link);
// One of the columns; sets how many there are. Null when there is no such column.
ExprPtr BindRowSubqueryColumn(ExpressionBinder& binder, const PgQuery__SubLink& link, size_t index,
                              size_t* count);
// Throws 0A000, at `location`, where none may stand; notes it for those who print it.
void AdmitSubquery(ExpressionBinder& binder, const PgQuery__SubLink& link, int location);
// For those who print it: that this comparison, at this place, is of rows with a subquery.
void RecordRowSubquery(BindState& state, const expr::Expr& comparison, std::string_view operator_name,
                       const PgQuery__SubLink& link, int location);

}  // namespace grizzly::planner
