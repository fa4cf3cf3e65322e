// How text compares and changes case under a collation.
//
// The default collation (100), "C" (950) and "POSIX" (951) compare bytes and know the case of ASCII
// letters only; all others are ICU's.
#pragma once

#include <string>
#include <string_view>

#include "base/ids/ids.h"

namespace grizzly::functions {

constexpr bool IsByteCollation(Oid collation) {
  return collation == kInvalidOid || collation == 100 || collation == 950 || collation == 951;
}

// <0, 0, >0.
int CompareText(std::string_view a, std::string_view b, Oid collation);
// In lower case. `purpose` completes "could not determine which collation to use for".
std::string LowerText(std::string_view text, Oid collation, std::string_view purpose);

}  // namespace grizzly::functions
