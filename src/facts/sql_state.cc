#include "facts/sql_state.h"

namespace grizzly::facts {

static_assert(PackSqlState("42P01") == 16908420);
static_assert(SqlStateText(SqlState::kUndefinedTable) ==
              std::array<char, 5>{'4', '2', 'P', '0', '1'});

}  // namespace grizzly::facts
