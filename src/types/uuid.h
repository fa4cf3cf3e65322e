// uuid: sixteen bytes.
#pragma once

#include <string>
#include <string_view>

#include "types/fixed16.h"

namespace grizzly::types {

// Hyphens after any group of four digits and braces around are allowed. Throws 22P02.
UuidValue ParseUuid(std::string_view text);
void AppendUuid(std::string& out, const UuidValue& value);

}  // namespace grizzly::types
