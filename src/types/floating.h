// float4 and float8: text to number and back.
//
// OUTPUT  with extra_float_digits > 0 the shortest digits that read back exactly; otherwise
//         15 (6) + extra_float_digits significant digits. Fixed notation for exponents -4 to 14 (5).
// ERRORS  22P02 for what is no number, 22003 for overflow and for underflow to zero.
#pragma once

#include <string>
#include <string_view>

namespace grizzly::types {

double ParseFloat8(std::string_view text);
float ParseFloat4(std::string_view text);
// As ParseFloat8, but syntax errors speak of `type` and quote `whole` (a value inside a bigger literal),
// and text after the number is allowed: *used says how much was read.
double ParseFloat8Prefix(std::string_view text, const char* type, std::string_view whole,
                         size_t* used);

void AppendFloat8(std::string& out, double value, int extra_float_digits);
void AppendFloat4(std::string& out, float value, int extra_float_digits);

}  // namespace grizzly::types
