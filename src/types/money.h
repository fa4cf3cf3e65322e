// money: hundredths as int64, shown as in the C locale: $1,234.56.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace grizzly::types {

// Currency sign, thousands separators, parentheses or a minus for negative amounts are allowed; a
// third decimal rounds. Throws 22P02, 22003.
int64_t ParseMoney(std::string_view text);
void AppendMoney(std::string& out, int64_t cents);

}  // namespace grizzly::types
