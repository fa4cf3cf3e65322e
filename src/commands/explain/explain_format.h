// An explained statement in the format asked for.
#pragma once

#include <utility>

#include "commands/explain/plan_description.h"

namespace grizzly::commands {

// Everything EXPLAIN answers with.
struct Explained {
  std::unique_ptr<NodeDescription> root;  // null: a utility statement
  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<PlanProperty> planning;     // blocks read while planning
  double planning_ms = 0;
  double execution_ms = 0;
};

// One text a row.
std::vector<std::string> FormatExplained(const Explained& explained, const ExplainOptions& options);

}  // namespace grizzly::commands
