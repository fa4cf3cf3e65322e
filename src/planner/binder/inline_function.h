// SQL-language built-ins have no kernel: their bodies take the place of the call.
#pragma once

#include "planner/binder/query_binder.h"

namespace grizzly::planner {

bool IsInlined(const facts::ProcFact& function);
ExprPtr InlineFunction(BindState& state, const facts::ProcFact& function, const SqlType& result,
                       const std::vector<ExprPtr>& arguments, int location);
// A set-returning one as the query it is.
BoundQuery InlineSetFunction(BindState& state, const facts::ProcFact& function,
                             const std::vector<ExprPtr>& arguments, int location);

}  // namespace grizzly::planner
