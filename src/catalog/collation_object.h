// What is kept of a collation that users made, beside the properties of catalog/schema_object.h.
#pragma once

#include <string_view>

namespace grizzly::catalog {

inline constexpr std::string_view kCollationDeterministic = "deterministic";  // f, or not there

}  // namespace grizzly::catalog
