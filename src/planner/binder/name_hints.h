// "Perhaps you meant ...": columns whose names are near a mistyped one.
#pragma once

#include <string>
#include <string_view>

#include "planner/binder/scope.h"

namespace grizzly::planner {

// Empty when nothing is near.
std::string ColumnHint(const QueryLevel& level, std::string_view qualifier, std::string_view name);

}  // namespace grizzly::planner
