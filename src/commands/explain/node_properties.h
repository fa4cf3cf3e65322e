// What EXPLAIN says of one kind of node: its name and the properties only it has.
#pragma once

#include "commands/explain/plan_description.h"
#include "commands/explain/plan_names.h"

namespace grizzly::commands {

struct DescribeInput {
  const plan::Plan& plan;
  const ExplainOptions& options;
  const PlanNames& names;
  const catalog::CatalogSnapshot& catalog;
  const QueryMeasurement* measurement;  // null: not run
};

// Fills headline, type, kind, target and properties (those of the node's own).
void DescribeNode(const plan::Node& node, const DescribeInput& input, NodeDescription& made);
// "Filter: ..." and how many rows it removed.
void AddFilter(std::string_view label, const std::vector<std::string>& conditions,
               const executor::NodeMeasurement* measured, NodeDescription& made);
// ((a = 1) AND (b = 2)); empty for none.
std::string Conjunction(const std::vector<std::string>& conditions);
int64_t Kilobytes(int64_t bytes);

}  // namespace grizzly::commands
