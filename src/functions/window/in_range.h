// in_range(): what RANGE frames with an offset ask of each sortable type.
#pragma once

#include "functions/registry.h"

namespace grizzly::functions {

void RegisterInRange(Registry& registry);

}  // namespace grizzly::functions
