// The errors that value input shares, in PostgreSQL's words.
//
// `type` is the name PostgreSQL prints: "integer", "double precision", "timestamp with time zone".
#pragma once

#include <string_view>

namespace grizzly::types {

// 22P02 invalid input syntax for type integer: "abc"
[[noreturn]] void ThrowInvalidSyntax(std::string_view type, std::string_view text);
// 22003 value "99999" is out of range for type smallint
[[noreturn]] void ThrowValueOutOfRange(std::string_view type, std::string_view text);
// 22003 integer out of range
[[noreturn]] void ThrowTypeOutOfRange(std::string_view type);
// 22003 value out of range: overflow / underflow (floats)
[[noreturn]] void ThrowFloatOverflow();
[[noreturn]] void ThrowFloatUnderflow();
// 22012 division by zero
[[noreturn]] void ThrowDivisionByZero();

}  // namespace grizzly::types
