// What SET and its like say about a setting, as text.
#pragma once

#include <string>

#include "parser/ast.h"

namespace grizzly::session {

// The value of SET name = a, b; the parts of a list setting are quoted where they need it.
std::string SettingText(const PgQuery__VariableSetStmt& statement);

}  // namespace grizzly::session
