#include "commands/explain/explain_format.h"

#include <fmt/format.h>

#include "commands/explain/document.h"

namespace grizzly::commands {
namespace {

constexpr double kMsPerNs = 1e-6;

// What a node took for each time it ran.
struct Averages {
  double startup_ms = 0;
  double total_ms = 0;
  double rows = 0;
};

Averages AveragesOf(const executor::NodeMeasurement& measured) {
  if (measured.loop_count == 0) return {};
  const auto loops = static_cast<double>(measured.loop_count);
  return {static_cast<double>(measured.startup_ns) * kMsPerNs / loops,
          static_cast<double>(measured.total_ns) * kMsPerNs / loops,
          static_cast<double>(measured.row_count) / loops};
}

// ---- text ----

class TextWriter {
 public:
  explicit TextWriter(const ExplainOptions& options) : options_(options) {}

  void Node(const NodeDescription& node, int indent) {
    if (!node.subplan_name.empty()) {
      Line(indent, node.subplan_name);
      ++indent;
    }
    const bool is_root = indent == 0;
    Line(indent, (is_root ? "" : "->  ") + node.headline + Numbers(node));
    indent += is_root ? 1 : 3;
    for (const PlanProperty& property : node.properties) {
      if (property.shown_in == ShownIn::kStructured) continue;
      Line(indent, fmt::format("{}: {}", property.label,
                               property.is_list ? fmt::format("{}", fmt::join(property.values, ", "))
                                                : property.value));
    }
    for (const auto& child : node.children) Node(*child, indent);
  }

  void Line(int indent, std::string_view text) {
    lines_.push_back(std::string(static_cast<size_t>(indent) * 2, ' ').append(text));
  }

  std::vector<std::string> Take() { return std::move(lines_); }

 private:
  std::string Numbers(const NodeDescription& node) const {
    std::string text;
    if (node.startup_cost) {
      text += fmt::format("  (cost={:.2f}..{:.2f} rows={:.0f} width={})", *node.startup_cost,
                          node.total_cost, node.rows, node.width);
    }
    if (node.measured == nullptr) return text;
    if (node.measured->loop_count == 0) return text + " (never executed)";
    const Averages averages = AveragesOf(*node.measured);
    if (options_.timing) {
      return text + fmt::format(" (actual time={:.3f}..{:.3f} rows={:.0f} loops={})",
                                averages.startup_ms, averages.total_ms, averages.rows,
                                node.measured->loop_count);
    }
    return text + fmt::format(" (actual rows={:.0f} loops={})", averages.rows,
                              node.measured->loop_count);
  }

  const ExplainOptions& options_;
  std::vector<std::string> lines_;
};

std::vector<std::string> AsText(const Explained& explained, const ExplainOptions& options) {
  TextWriter writer(options);
  writer.Node(*explained.root, 0);
  if (!explained.settings.empty()) {
    std::vector<std::string> settings;
    for (const auto& [name, value] : explained.settings) {
      settings.push_back(fmt::format("{} = '{}'", name, value));
    }
    writer.Line(0, fmt::format("Settings: {}", fmt::join(settings, ", ")));
  }
  bool has_heading = false;
  for (const PlanProperty& property : explained.planning) {
    if (property.shown_in == ShownIn::kStructured) continue;
    if (!has_heading) writer.Line(0, "Planning:");
    has_heading = true;
    writer.Line(1, fmt::format("{}: {}", property.label, property.value));
  }
  if (options.summary) {
    writer.Line(0, fmt::format("Planning Time: {:.3f} ms", explained.planning_ms));
    if (options.analyze) {
      writer.Line(0, fmt::format("Execution Time: {:.3f} ms", explained.execution_ms));
    }
  }
  return writer.Take();
}

// ---- JSON, YAML, XML ----

void AddProperties(const std::vector<PlanProperty>& properties, DocumentGroup& group) {
  for (const PlanProperty& property : properties) {
    if (property.shown_in == ShownIn::kText) continue;
    group.push_back({property.label, property.is_list   ? DocumentValue::Texts(property.values)
                                       : property.is_text ? DocumentValue::Text(property.value)
                                                          : DocumentValue::Raw(property.value)});
  }
}

void AddNumbers(const NodeDescription& node, const ExplainOptions& options, DocumentGroup& group) {
  const auto add = [&](const char* label, std::string value) {
    group.push_back({label, DocumentValue::Raw(std::move(value))});
  };
  if (node.startup_cost) {
    add("Startup Cost", fmt::format("{:.2f}", *node.startup_cost));
    add("Total Cost", fmt::format("{:.2f}", node.total_cost));
    add("Plan Rows", fmt::format("{:.0f}", node.rows));
    add("Plan Width", fmt::format("{}", node.width));
  }
  if (node.measured == nullptr) return;
  const Averages averages = AveragesOf(*node.measured);
  if (options.timing) {
    add("Actual Startup Time", fmt::format("{:.3f}", averages.startup_ms));
    add("Actual Total Time", fmt::format("{:.3f}", averages.total_ms));
  }
  add("Actual Rows", fmt::format("{:.0f}", averages.rows));
  add("Actual Loops", fmt::format("{}", node.measured->loop_count));
}

DocumentGroup NodeGroup(const NodeDescription& node, const ExplainOptions& options) {
  DocumentGroup group;
  group.push_back({"Node Type", DocumentValue::Text(node.type)});
  AddProperties(node.kind, group);
  if (!node.relationship.empty()) {
    group.push_back({"Parent Relationship", DocumentValue::Text(node.relationship)});
  }
  if (!node.subplan_name.empty()) {
    group.push_back({"Subplan Name", DocumentValue::Text(node.subplan_name)});
  }
  group.push_back({"Parallel Aware", DocumentValue::Raw("false")});
  group.push_back({"Async Capable", DocumentValue::Raw("false")});
  AddProperties(node.target, group);
  AddNumbers(node, options, group);
  AddProperties(node.properties, group);
  if (node.children.empty()) return group;
  std::vector<DocumentGroup> plans;
  for (const auto& child : node.children) plans.push_back(NodeGroup(*child, options));
  group.push_back({"Plans", DocumentValue::Groups("Plan", std::move(plans))});
  return group;
}

std::string AsDocument(const Explained& explained, const ExplainOptions& options) {
  DocumentGroup query;
  query.push_back({"Plan", DocumentValue::Group(NodeGroup(*explained.root, options))});
  if (options.settings) {
    DocumentGroup settings;
    for (const auto& [name, value] : explained.settings) {
      settings.push_back({name, DocumentValue::Text(value)});
    }
    query.push_back({"Settings", DocumentValue::Group(std::move(settings))});
  }
  if (!explained.planning.empty()) {
    DocumentGroup planning;
    AddProperties(explained.planning, planning);
    query.push_back({"Planning", DocumentValue::Group(std::move(planning))});
  }
  if (options.summary) {
    query.push_back({"Planning Time",
                       DocumentValue::Raw(fmt::format("{:.3f}", explained.planning_ms))});
  }
  if (options.analyze) {
    query.push_back({"Triggers", DocumentValue::Groups("Trigger", {})});
    if (options.summary) {
      query.push_back({"Execution Time",
                         DocumentValue::Raw(fmt::format("{:.3f}", explained.execution_ms))});
    }
  }
  return WriteDocument(&query, options.format);
}

}  // namespace

std::vector<std::string> FormatExplained(const Explained& explained,
                                         const ExplainOptions& options) {
  if (options.format == ExplainFormat::kText) {
    if (explained.root == nullptr) return {"Utility statements have no plan structure"};
    return AsText(explained, options);
  }
  if (explained.root == nullptr) return {WriteDocument(nullptr, options.format)};
  return {AsDocument(explained, options)};
}

}  // namespace grizzly::commands
