// Values become domain values: the checks of a domain bound over the value.
#pragma once

#include "planner/binder/bind_state.h"

namespace grizzly::planner {

// `expression` is of the domain's base type already.
ExprPtr WrapInDomain(BindState& state, ExprPtr expression, Oid domain, int location);

}  // namespace grizzly::planner
