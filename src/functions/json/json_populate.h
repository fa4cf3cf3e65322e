// json_populate_record() and its kin: JSON into rows.
#pragma once

#include "functions/registry.h"

namespace grizzly::functions {

void RegisterJsonPopulate(Registry& registry);

}  // namespace grizzly::functions
