// How deep the parse tree of a text can become, found without parsing it.
//
// libpg_query and everything behind it walk trees recursively, so a text that could overflow the
// stack must be refused before it reaches them. The bound is never below the real depth: parentheses,
// brackets and CASE nest, operators and JOIN and UNION chains lean to the left; commas, AND and OR do
// not deepen.
#pragma once

#include <cstddef>
#include <string_view>

namespace grizzly::parser {

size_t NestingBound(std::string_view sql);

}  // namespace grizzly::parser
