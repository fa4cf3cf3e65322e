// Pieces of XML put together.
#pragma once

#include <string>
#include <vector>

namespace grizzly::functions {

// One after the other, with one declaration that holds for all (XMLCONCAT).
std::string ConcatXml(const std::vector<std::string>& parts);

}  // namespace grizzly::functions
