// Identifiers and literals as SQL writes them.
#pragma once

#include <string>
#include <string_view>

namespace grizzly::functions {

// In double quotes if it has to be: not lower case, or a keyword that is not always a name.
std::string QuoteIdentifier(std::string_view name);
// In single quotes; with E'' when there is a backslash in it.
std::string QuoteLiteral(std::string_view text);

}  // namespace grizzly::functions
