// PostgreSQL's encodings by number and name.
#pragma once

#include <cstdint>
#include <string_view>

namespace grizzly::functions {

// Whatever the case and punctuation, other names it is known by included; -1: none.
int32_t EncodingNumber(std::string_view name);
// Empty: no such number.
std::string_view EncodingName(int32_t encoding);

}  // namespace grizzly::functions
