// Values become domain values: the checks of a domain bound over the value.
#pragma once

#include "planner/binder/bind_state.h"

namespace grizzly::planner {

// `expression` is of the domain's base type already. The result's `field` is the syntax.
ExprPtr WrapInDomain(BindState& state, ExprPtr expression, Oid domain, expr::CallSyntax syntax,
                     int location);

}  // namespace grizzly::planner
