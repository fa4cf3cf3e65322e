// information_schema._pg_expandarray, which PostgreSQL has in SQL.
#pragma once

#include "functions/registry.h"

namespace grizzly::functions {

void RegisterExpandArray(Registry& registry);

}  // namespace grizzly::functions
