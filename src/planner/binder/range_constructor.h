// Constructor functions of the range types users made: floatrange(1, 2), floatmultirange(...).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "facts/procs.h"
#include "planner/binder/bind_state.h"

namespace grizzly::planner {

// Those that the name means: facts like the built-in constructors', over the type's own types. They live as
// long as the binding.
std::vector<const facts::ProcFact*> RangeConstructors(BindState& state,
                                                      std::span<const std::string_view> name);

}  // namespace grizzly::planner
