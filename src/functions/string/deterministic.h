// Functions that look for a text within another: under nondeterministic collations PostgreSQL refuses them.
#pragma once

#include <string_view>

#include "functions/function.h"

namespace grizzly::functions {

// What such a call does, for types::RequireDeterministic; empty: any collation will do.
std::string_view DeterministicPurpose(const CallSite& call);

}  // namespace grizzly::functions
