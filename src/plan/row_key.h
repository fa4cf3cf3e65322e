// How a scan names its rows for what locks or changes them.
#pragma once

#include "base/ids/ids.h"

namespace grizzly::plan {

// A scan's output of this attribute number: commit_timestamp:u64, then the row's whole key, which says
// the table, too (bytea). Attribute 0 has the key without its head.
inline constexpr AttributeNumber kWholeRowKeyAttribute = -7;

}  // namespace grizzly::plan
