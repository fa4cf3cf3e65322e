// A plan's nodes as EXPLAIN's: projections, filters and WITH become part of the node they belong to,
// subplans and CTEs children of it.
#include <fmt/format.h>

#include <set>

#include "commands/explain/node_properties.h"

namespace grizzly::commands {
namespace {

using plan::Node;
using plan::NodeKind;
using DescriptionPtr = std::unique_ptr<NodeDescription>;

template <typename T>
const T& As(const Node& node) {
  return static_cast<const T&>(node);
}

// Bytes a value of variable length is taken to have.
constexpr int64_t kVariableWidth = 32;

class PlanDescriber {
 public:
  PlanDescriber(const DescribeInput& input) : input_(input) {}

  DescriptionPtr Describe(const Node& node, std::string_view relationship) {
    DescriptionPtr made = Fold(node);
    made->relationship = relationship;
    return made;
  }

 private:
  const executor::NodeMeasurement* MeasuredOf(const Node& node) const {
    return input_.measurement == nullptr ? nullptr : &input_.measurement->nodes[node.id];
  }

  DescriptionPtr Fold(const Node& node) {
    if (node.kind == NodeKind::kProject) return FoldProject(node);
    if (node.kind == NodeKind::kFilter && TakesFilter(*node.children[0])) return FoldFilter(node);
    if (node.kind == NodeKind::kWith) return FoldWith(node);
    auto made = std::make_unique<NodeDescription>();
    Numbers(node, *made);
    Outputs(node, *made);
    DescribeNode(node, input_, *made);
    if (node.kind == NodeKind::kFilter) {
      AddFilter("Filter", Conditions(node), MeasuredOf(node), *made);
    }
    AddSubplans(node, true, *made);
    AddChildren(node, *made);
    if (node.kind == NodeKind::kInsert) AddInsertedRow(node, *made);
    AddSubplans(node, false, *made);
    return made;
  }

  DescriptionPtr FoldProject(const Node& node) {
    DescriptionPtr made = Fold(*node.children[0]);
    Numbers(node, *made);
    ReplaceOutputs(node, *made);
    AddSubplansAround(node, *made);
    return made;
  }

  static bool TakesFilter(const Node& child) {
    switch (child.kind) {
      case NodeKind::kOneRow:
      case NodeKind::kValues:
      case NodeKind::kTableScan:
      case NodeKind::kVirtualScan:
      case NodeKind::kFunctionScan:
      case NodeKind::kCteScan:
      case NodeKind::kWorkTable:
      case NodeKind::kNestedLoop:
      case NodeKind::kHashJoin:
      case NodeKind::kAggregate: return true;
      case NodeKind::kProject: return TakesFilter(*child.children[0]);
      default: return false;
    }
  }

  // A filter folded into a scan reads as the scan's own.
  static bool IsScan(const Node& node) {
    switch (node.kind) {
      case NodeKind::kValues:
      case NodeKind::kTableScan:
      case NodeKind::kVirtualScan:
      case NodeKind::kFunctionScan:
      case NodeKind::kCteScan:
      case NodeKind::kWorkTable: return true;
      case NodeKind::kProject: return IsScan(*node.children[0]);
      default: return false;
    }
  }

  std::vector<std::string> Conditions(const Node& filter) const {
    std::vector<std::string> conditions;
    const NamePlace place = IsScan(*filter.children[0]) ? NamePlace::kScan : NamePlace::kUpper;
    for (const expr::ExprPtr& condition : As<plan::FilterNode>(filter).conjuncts) {
      conditions.push_back(input_.names.OwnText(*condition, *filter.children[0], place));
    }
    return conditions;
  }

  DescriptionPtr FoldFilter(const Node& node) {
    DescriptionPtr made = Fold(*node.children[0]);
    Numbers(node, *made);
    AddFilter(made->type == "Result" ? "One-Time Filter" : "Filter", Conditions(node),
              MeasuredOf(node), *made);
    AddSubplansAround(node, *made);
    return made;
  }

  DescriptionPtr FoldWith(const Node& node) {
    DescriptionPtr made = Fold(*node.children.back());
    const auto& with = As<plan::WithNode>(node);
    std::vector<DescriptionPtr> ctes;
    for (size_t i = 0; i < with.ctes.size(); ++i) {
      ctes.push_back(Describe(*node.children[i], "InitPlan"));
      ctes.back()->subplan_name = "CTE " + with.ctes[i].name;
    }
    made->children.insert(made->children.begin(), std::make_move_iterator(ctes.begin()),
                          std::make_move_iterator(ctes.end()));
    return made;
  }

  void Numbers(const Node& node, NodeDescription& made) const {
    if (input_.options.costs) made.startup_cost = node.startup_cost;
    made.total_cost = std::max(node.total_cost, node.startup_cost);
    made.rows = ChangesWithoutRows(node) ? 0 : node.estimated_rows;
    made.width = 0;
    for (const types::SqlType& type : node.output_types) made.width += WidthOf(type);
    made.measured = MeasuredOf(node);
  }

  static bool ChangesWithoutRows(const Node& node) {
    switch (node.kind) {
      case NodeKind::kInsert:
      case NodeKind::kUpdate:
      case NodeKind::kDelete:
      case NodeKind::kMerge: return node.output_types.empty();
      default: return false;
    }
  }

  int64_t WidthOf(const types::SqlType& type) const {
    const auto known = input_.catalog.FindType(type.oid);
    return known == nullptr || known->length < 0 ? kVariableWidth : known->length;
  }

  void Outputs(const Node& node, NodeDescription& made) const {
    if (!input_.options.verbose) return;
    std::vector<std::string> outputs = ReturningOf(node);
    if (outputs.empty() && !IsChange(node)) {
      outputs = input_.names.Outputs(node, NamePlace::kOutput);
    }
    if (!outputs.empty()) made.properties.push_back(ListProperty("Output", std::move(outputs)));
  }

  static bool IsChange(const Node& node) {
    return node.kind == NodeKind::kInsert || node.kind == NodeKind::kUpdate ||
           node.kind == NodeKind::kDelete || node.kind == NodeKind::kMerge;
  }

  std::vector<std::string> ReturningOf(const Node& node) const {
    std::vector<std::string> texts;
    const auto add = [&](const std::vector<expr::ExprPtr>& returning,
                         const catalog::Relation& relation) {
      for (const expr::ExprPtr& expression : returning) {
        texts.push_back(
            input_.names.TextOverRow(*expression, relation, {node.children[0].get()},
                                     NamePlace::kOutput));
      }
    };
    if (node.kind == NodeKind::kInsert) {
      const auto& insert = As<plan::InsertNode>(node);
      add(insert.returning, *insert.rules.relation);
    } else if (node.kind == NodeKind::kUpdate || node.kind == NodeKind::kDelete) {
      const auto& modify = As<plan::ModifyNode>(node);
      add(modify.returning, *modify.rules.relation);
    }
    return texts;
  }

  void ReplaceOutputs(const Node& node, NodeDescription& made) const {
    if (!input_.options.verbose) return;
    std::erase_if(made.properties,
                  [](const PlanProperty& property) { return property.label == "Output"; });
    std::vector<std::string> outputs = input_.names.Outputs(node, NamePlace::kOutput);
    if (outputs.empty()) return;
    made.properties.insert(made.properties.begin(), ListProperty("Output", std::move(outputs)));
  }

  // The row an INSERT of one row makes is its child's output to the reader.
  void AddInsertedRow(const Node& node, NodeDescription& made) const {
    const Node& child = *node.children[0];
    if (!input_.options.verbose || child.kind != NodeKind::kOneRow) return;
    std::vector<std::string> values;
    for (const expr::ExprPtr& value : As<plan::InsertNode>(node).values) {
      if (value == nullptr) continue;
      values.push_back(input_.names.Text(*value, {&child}, NamePlace::kOutput));
    }
    if (values.empty()) return;
    auto& properties = made.children.back()->properties;
    properties.insert(properties.begin(), ListProperty("Output", std::move(values)));
  }

  void AddChildren(const Node& node, NodeDescription& made) {
    const bool is_list = node.kind == NodeKind::kAppend || node.kind == NodeKind::kSetOperation;
    for (size_t i = 0; i < node.children.size(); ++i) {
      const char* const relationship = is_list ? "Member" : i == 0 ? "Outer" : "Inner";
      if (node.kind == NodeKind::kHashJoin && i == 1) {
        made.children.push_back(HashOf(node));
      } else {
        made.children.push_back(Describe(*node.children[i], relationship));
      }
    }
  }

  // The table a hash join builds, as PostgreSQL shows it: a node between the join and its input.
  DescriptionPtr HashOf(const Node& join) {
    const Node& input = *join.children[1];
    auto made = std::make_unique<NodeDescription>();
    made->type = made->headline = "Hash";
    made->relationship = "Inner";
    Numbers(input, *made);
    if (made->startup_cost) made->startup_cost = made->total_cost;
    Outputs(input, *made);
    const executor::NodeMeasurement* const measured = MeasuredOf(join);
    if (measured != nullptr) {
      const int64_t used = Kilobytes(measured->memory_bytes_peak);
      made->properties.push_back(
          TextProperty("Memory Usage", fmt::format("{}kB", used), ShownIn::kText));
      made->properties.push_back(
          NumberProperty("Peak Memory Usage", std::to_string(used), ShownIn::kStructured));
    }
    made->children.push_back(Describe(input, "Outer"));
    return made;
  }

  // ---- subplans ----

  void AddSubplansAround(const Node& node, NodeDescription& made) {
    NodeDescription around;
    AddSubplans(node, true, around);
    made.children.insert(made.children.begin(), std::make_move_iterator(around.children.begin()),
                         std::make_move_iterator(around.children.end()));
    AddSubplans(node, false, made);
  }

  void AddSubplans(const Node& node, bool initial, NodeDescription& made) {
    std::vector<uint32_t> found;
    VisitNodeExpressions(node, [&](const expr::Expr& expression, const auto&) {
      CollectSubplans(expression, found);
    });
    for (const uint32_t subplan : found) {
      if (input_.names.IsInitPlan(subplan) != initial || !shown_.insert(subplan).second) continue;
      made.children.push_back(
          Describe(*input_.plan.subplans[subplan], initial ? "InitPlan" : "SubPlan"));
      made.children.back()->subplan_name = input_.names.SubplanTitle(subplan);
    }
  }

  static void CollectSubplans(const expr::Expr& expression, std::vector<uint32_t>& found) {
    if (expression.kind == expr::ExprKind::kSubplan) {
      found.push_back(static_cast<const expr::SubplanExpr&>(expression).subplan);
    }
    expr::ForEachChild(expression,
                       [&](const expr::Expr& child) { CollectSubplans(child, found); });
  }

  const DescribeInput& input_;
  std::set<uint32_t> shown_;
};

// Blocks and writes, at the end of each node's properties.
void AddCounters(const ExplainOptions& options, NodeDescription& made) {
  if (made.measured != nullptr && options.buffers) {
    for (PlanProperty& property :
         BufferProperties(made.measured->blocks_hit, made.measured->blocks_read)) {
      made.properties.push_back(std::move(property));
    }
  }
  if (made.measured != nullptr && options.wal) {
    const uint64_t records = made.measured->write_count, bytes = made.measured->write_bytes;
    if (records > 0) {
      made.properties.push_back(TextProperty(
          "WAL", fmt::format("records={} bytes={}", records, bytes), ShownIn::kText));
    }
    for (const auto& [label, value] : {std::pair<const char*, uint64_t>{"WAL Records", records},
                                       {"WAL FPI", 0},
                                       {"WAL Bytes", bytes}}) {
      made.properties.push_back(
          NumberProperty(label, std::to_string(value), ShownIn::kStructured));
    }
  }
  for (const DescriptionPtr& child : made.children) AddCounters(options, *child);
}

}  // namespace

std::vector<PlanProperty> BufferProperties(uint64_t hit, uint64_t read) {
  std::vector<PlanProperty> properties;
  if (hit + read > 0) {
    std::string text = "shared";
    if (hit > 0) text += fmt::format(" hit={}", hit);
    if (read > 0) text += fmt::format(" read={}", read);
    properties.push_back(TextProperty("Buffers", std::move(text), ShownIn::kText));
  }
  const std::pair<const char*, uint64_t> counts[] = {
      {"Shared Hit Blocks", hit},   {"Shared Read Blocks", read},  {"Shared Dirtied Blocks", 0},
      {"Shared Written Blocks", 0}, {"Local Hit Blocks", 0},       {"Local Read Blocks", 0},
      {"Local Dirtied Blocks", 0},  {"Local Written Blocks", 0},   {"Temp Read Blocks", 0},
      {"Temp Written Blocks", 0},
  };
  for (const auto& [label, count] : counts) {
    properties.push_back(NumberProperty(label, std::to_string(count), ShownIn::kStructured));
  }
  return properties;
}

std::unique_ptr<NodeDescription> DescribePlan(const plan::Plan& plan, const ExplainOptions& options,
                                              const QueryMeasurement* measurement,
                                              CommandInput& input) {
  const catalog::SnapshotPtr catalog = input.editor.Current();
  planner::DeparseInput deparse;
  deparse.catalog = catalog.get();
  deparse.search_path = &input.search_path;
  deparse.io = input.io;
  const PlanNames names(plan, std::move(deparse), options.verbose);
  const DescribeInput describe{plan, options, names, *catalog, measurement};
  DescriptionPtr root = PlanDescriber(describe).Describe(*plan.root, "");
  AddCounters(options, *root);
  return root;
}

}  // namespace grizzly::commands
