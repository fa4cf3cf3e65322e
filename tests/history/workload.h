// Random plans: the same seed gives the same plan.
#pragma once

#include <cstdint>

#include "history/history.h"

namespace grizzly::history {

History PlanHistory(uint64_t seed, Level level, bool with_ddl);

}  // namespace grizzly::history
