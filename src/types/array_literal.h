// Array literals taken apart, whatever the element type.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "types/array.h"

namespace grizzly::types {

struct ArrayLiteral {
  struct Element {
    std::string text;
    bool is_null = false;
  };
  std::vector<ArrayDimension> dimensions;  // none: the empty array
  std::vector<Element> elements;           // row-major
};

// Throws 22P02 "malformed array literal" with PostgreSQL's detail, 2202E for bad bounds, 54000.
ArrayLiteral ParseArrayLiteral(std::string_view text, char delimiter);
[[noreturn]] void ThrowTooManyArrayDimensions(int dimensions);

}  // namespace grizzly::types
