// What the properties of a conversion that users made are called (catalog/schema_object.h).
#pragma once

#include <string_view>

namespace grizzly::catalog {

inline constexpr std::string_view kConversionFrom = "from";          // encodings by number
inline constexpr std::string_view kConversionTo = "to";
inline constexpr std::string_view kConversionFunction = "function";  // by oid
inline constexpr std::string_view kConversionDefault = "default";    // "t"

}  // namespace grizzly::catalog
