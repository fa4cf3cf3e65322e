// A plan as EXPLAIN shows it, before it becomes text: one entry a node, with named properties.
//
// Nodes that PostgreSQL does not show on their own (projections, filters, WITH) are part of the node
// they belong to. Made by DescribePlan (describe_plan.cc), read by the formats.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/command.h"
#include "commands/explain/explain_options.h"

namespace grizzly::commands {

// Which formats show a property.
enum class ShownIn : uint8_t { kAll, kText, kStructured };

struct PlanProperty {
  std::string label;
  std::string value;                // of a scalar
  std::vector<std::string> values;  // of a list
  bool is_list = false;
  bool is_text = true;              // quoted where the format has quotes; else a number or boolean
  ShownIn shown_in = ShownIn::kAll;
};

struct NodeDescription {
  // ---- text ----
  std::string headline;             // "Index Scan using t_pkey on t"
  // ---- structured formats ----
  std::string type;                 // "Index Scan"
  std::vector<PlanProperty> kind;   // Strategy, Operation ... behind the type
  std::vector<PlanProperty> target;  // what is scanned, how is joined
  // ---- both ----
  std::string relationship;         // to the parent: Outer, Inner, Member, InitPlan, SubPlan
  std::string subplan_name;         // "CTE w", "InitPlan 1 (returns $0)"
  std::optional<double> startup_cost;
  double total_cost = 0;
  double rows = 0;
  int64_t width = 0;
  const executor::NodeMeasurement* measured = nullptr;  // null: not run
  std::vector<PlanProperty> properties;
  std::vector<std::unique_ptr<NodeDescription>> children;
};

// `measurement` null: the plan was not run. It must outlive the description.
std::unique_ptr<NodeDescription> DescribePlan(const plan::Plan& plan, const ExplainOptions& options,
                                              const QueryMeasurement* measurement,
                                              CommandInput& input);

// What EXPLAIN (BUFFERS) says of blocks.
std::vector<PlanProperty> BufferProperties(uint64_t hit, uint64_t read);

PlanProperty TextProperty(std::string_view label, std::string value,
                          ShownIn shown_in = ShownIn::kAll);
PlanProperty NumberProperty(std::string_view label, std::string value,
                            ShownIn shown_in = ShownIn::kAll);
PlanProperty ListProperty(std::string_view label, std::vector<std::string> values,
                          ShownIn shown_in = ShownIn::kAll);

}  // namespace grizzly::commands
