// bool: text to truth value.
#pragma once

#include <optional>
#include <string_view>

namespace grizzly::types {

// t, true, y, yes, on, 1 and their unique prefixes, in any case; no blanks around. Settings use it.
std::optional<bool> ParseBoolWord(std::string_view word);
// Blanks around are allowed. Throws 22P02.
bool ParseBool(std::string_view text);

}  // namespace grizzly::types
