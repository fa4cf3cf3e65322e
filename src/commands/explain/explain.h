// EXPLAIN: a statement's plan as text, JSON, YAML or XML; with ANALYZE what running it took.
#pragma once

#include "commands/command.h"

namespace grizzly::commands {

std::string Explain(const PgQuery__ExplainStmt& statement, CommandInput& input);
// QUERY PLAN, of the type the format asks for.
std::vector<plan::PlanColumn> ExplainColumns(const PgQuery__ExplainStmt& statement);

}  // namespace grizzly::commands
