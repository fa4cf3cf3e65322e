// Broken invariants: our bug, never the user's. The statement fails with XX000 and the place.
//
// GRIZZLY_CHECK(condition)        throws SqlError XX000 with the text of the condition
// GRIZZLY_UNREACHABLE("what")     the same, unconditionally
#pragma once

#include <source_location>
#include <string_view>

namespace grizzly {

[[noreturn]] void ThrowCheckFailed(std::string_view condition,
                                   std::source_location at = std::source_location::current());

}  // namespace grizzly

#define GRIZZLY_CHECK(condition)                                      \
  do {                                                                \
    if (!(condition)) [[unlikely]] ::grizzly::ThrowCheckFailed(#condition); \
  } while (false)

#define GRIZZLY_UNREACHABLE(what) ::grizzly::ThrowCheckFailed(what)
