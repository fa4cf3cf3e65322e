#include "commands/explain/plan_names.h"

#include <fmt/format.h>

#include "catalog/object_text.h"
#include "facts/procs.h"

namespace grizzly::commands {
namespace {

using plan::Node;
using plan::NodeKind;
using Inputs = std::vector<const Node*>;
using Visitor = std::function<void(const expr::Expr&, const Inputs&)>;

template <typename T>
const T& As(const Node& node) {
  return static_cast<const T&>(node);
}

Inputs ChildrenOf(const Node& node) {
  Inputs inputs;
  for (const plan::NodePtr& child : node.children) inputs.push_back(child.get());
  return inputs;
}

std::string_view SystemColumnName(AttributeNumber attnum) {
  switch (attnum) {
    case 0:
    case -1: return "ctid";
    case -2: return "xmin";
    case -3: return "cmin";
    case -4: return "xmax";
    case -5: return "cmax";
    default: return "tableoid";
  }
}

void Visit(const expr::ExprPtr& expression, const Inputs& inputs, const Visitor& visit) {
  if (expression != nullptr) visit(*expression, inputs);
}

void Visit(const std::vector<expr::ExprPtr>& list, const Inputs& inputs, const Visitor& visit) {
  for (const expr::ExprPtr& expression : list) Visit(expression, inputs, visit);
}

void VisitScan(const Node& node, const Visitor& visit) {
  const auto& scan = As<plan::TableScanNode>(node);
  Visit(scan.bounds.equal, {}, visit);
  Visit(scan.bounds.lower, {}, visit);
  Visit(scan.bounds.upper, {}, visit);
  Visit(scan.bounds.any_of, {}, visit);
  Visit(scan.filters, {&node}, visit);
}

void VisitRelational(const Node& node, const Visitor& visit) {
  const Inputs children = ChildrenOf(node);
  switch (node.kind) {
    case NodeKind::kFilter: return Visit(As<plan::FilterNode>(node).conjuncts, children, visit);
    case NodeKind::kProject:
    case NodeKind::kProjectSet:
      return Visit(As<plan::ProjectNode>(node).expressions, children, visit);
    case NodeKind::kNestedLoop:
      Visit(As<plan::NestedLoopNode>(node).arguments, {children[0]}, visit);
      return Visit(As<plan::NestedLoopNode>(node).conditions, children, visit);
    case NodeKind::kHashJoin:
      Visit(As<plan::HashJoinNode>(node).left_keys, {children[0]}, visit);
      Visit(As<plan::HashJoinNode>(node).right_keys, {children[1]}, visit);
      return Visit(As<plan::HashJoinNode>(node).conditions, children, visit);
    case NodeKind::kAggregate:
      Visit(As<plan::AggregateNode>(node).groups, children, visit);
      for (const auto& call : As<plan::AggregateNode>(node).aggregates) visit(*call, children);
      return;
    case NodeKind::kWindow:
      for (const auto& call : As<plan::WindowNode>(node).calls) visit(*call, children);
      return;
    case NodeKind::kSort:
      for (const expr::SortKey& key : As<plan::SortNode>(node).keys) {
        Visit(key.expression, children, visit);
      }
      return;
    case NodeKind::kLimit:
      Visit(As<plan::LimitNode>(node).count, {}, visit);
      return Visit(As<plan::LimitNode>(node).offset, {}, visit);
    case NodeKind::kDistinct: return Visit(As<plan::DistinctNode>(node).on, children, visit);
    default: return;
  }
}

void VisitModify(const Node& node, const Visitor& visit) {
  const Inputs children = ChildrenOf(node);
  if (node.kind == NodeKind::kInsert) {
    return Visit(As<plan::InsertNode>(node).values, children, visit);
  }
  if (node.kind == NodeKind::kMerge) {
    for (const auto& action : As<plan::MergeNode>(node).actions) {
      Visit(action.condition, children, visit);
      for (const auto& assignment : action.assignments) Visit(assignment.value, children, visit);
      Visit(action.values, children, visit);
    }
    return;
  }
  for (const auto& assignment : As<plan::ModifyNode>(node).assignments) {
    Visit(assignment.value, children, visit);
  }
}

}  // namespace

void VisitNodeExpressions(const Node& node, const Visitor& visit) {
  switch (node.kind) {
    case NodeKind::kTableScan: return VisitScan(node, visit);
    case NodeKind::kVirtualScan:
      Visit(As<plan::VirtualScanNode>(node).filter_value, {}, visit);
      return Visit(As<plan::VirtualScanNode>(node).filters, {&node}, visit);
    case NodeKind::kValues:
      for (const auto& row : As<plan::ValuesNode>(node).rows) Visit(row, {}, visit);
      return;
    case NodeKind::kFunctionScan:
      for (const auto& function : As<plan::FunctionScanNode>(node).functions) {
        Visit(function.call, {}, visit);
      }
      return;
    case NodeKind::kInsert:
    case NodeKind::kUpdate:
    case NodeKind::kDelete:
    case NodeKind::kMerge: return VisitModify(node, visit);
    default: return VisitRelational(node, visit);
  }
}

PlanNames::PlanNames(const plan::Plan& plan, planner::DeparseInput deparse, bool verbose)
    : plan_(plan), deparse_(std::move(deparse)), verbose_(verbose) {
  deparse_.outer_name = [this](uint32_t cell) {
    const auto found = cells_.find(cell);
    return found == cells_.end() ? fmt::format("${}", cell) : found->second;
  };
  deparse_.subplan_name = [this](const expr::SubplanExpr& subplan) { return SubplanText(subplan); };
  initial_.resize(plan.subplans.size(), false);
  Collect(*plan.root);
  for (const plan::NodePtr& subplan : plan.subplans) Collect(*subplan);
  CollectCells(*plan.root);
}

void PlanNames::Collect(const Node& node) {
  switch (node.kind) {
    case NodeKind::kTableScan: NameScan(node, As<plan::TableScanNode>(node).alias); break;
    case NodeKind::kVirtualScan: NameScan(node, As<plan::VirtualScanNode>(node).alias); break;
    case NodeKind::kFunctionScan: NameScan(node, As<plan::FunctionScanNode>(node).alias); break;
    case NodeKind::kCteScan:
    case NodeKind::kWorkTable: NameScan(node, As<plan::CteScanNode>(node).alias); break;
    case NodeKind::kValues: NameScan(node, "*VALUES*"); break;
    default: break;
  }
  for (const plan::NodePtr& child : node.children) Collect(*child);
}

void PlanNames::NameScan(const Node& node, std::string_view alias) {
  std::string name(alias);
  const int used = alias_uses_[name]++;
  if (used > 0) name += fmt::format("_{}", used);
  aliases_[&node] = std::move(name);
}

const std::string& PlanNames::AliasOf(const Node& scan) const { return aliases_.at(&scan); }

// What nested loops and subplans hand to the rows below them.
void PlanNames::CollectCells(const Node& node) {
  if (node.kind == NodeKind::kNestedLoop) {
    const auto& join = As<plan::NestedLoopNode>(node);
    for (size_t i = 0; i < join.cells.size(); ++i) {
      cells_.try_emplace(join.cells[i], Text(*join.arguments[i], {node.children[0].get()},
                                                NamePlace::kAlways));
    }
  }
  VisitNodeExpressions(node, [&](const expr::Expr& expression, const Inputs& inputs) {
    const std::function<void(const expr::Expr&)> descend = [&](const expr::Expr& part) {
      if (part.kind == expr::ExprKind::kSubplan) {
        const auto& subplan = static_cast<const expr::SubplanExpr&>(part);
        for (size_t i = 0; i < subplan.cells.size(); ++i) {
          cells_.try_emplace(subplan.cells[i], Text(*subplan.arguments[i], inputs,
                                                     NamePlace::kAlways));
        }
        initial_[subplan.subplan] =
            subplan.cells.empty() && subplan.subquery_kind != expr::SubqueryKind::kAny &&
            subplan.subquery_kind != expr::SubqueryKind::kAll;
        CollectCells(*plan_.subplans[subplan.subplan]);
      }
      expr::ForEachChild(part, descend);
    };
    descend(expression);
  });
  for (const plan::NodePtr& child : node.children) CollectCells(*child);
}

std::string PlanNames::SubplanText(const expr::SubplanExpr& subplan) const {
  if (initial_[subplan.subplan]) return fmt::format("${}", subplan.subplan);
  return fmt::format("({}SubPlan {})", subplan.hashed ? "hashed " : "", subplan.subplan + 1);
}

std::string PlanNames::SubplanTitle(uint32_t subplan) const {
  return initial_[subplan] ? fmt::format("InitPlan {} (returns ${})", subplan + 1, subplan)
                           : fmt::format("SubPlan {}", subplan + 1);
}

planner::DeparseInput PlanNames::WithInputs(const Inputs& inputs, NamePlace place) const {
  planner::DeparseInput deparse = deparse_;
  deparse.input_name = [this, inputs, place](uint32_t position) {
    for (const Node* input : inputs) {
      const auto width = static_cast<uint32_t>(input->output_types.size());
      if (position < width) return Output(*input, position, true, place);
      position -= width;
    }
    return fmt::format("#{}", position);
  };
  return deparse;
}

std::string PlanNames::Text(const expr::Expr& expression, const Inputs& inputs,
                            NamePlace place) const {
  return planner::DeparseExpression(expression, WithInputs(inputs, place));
}

std::string PlanNames::OwnText(const expr::Expr& expression, const Node& node,
                               NamePlace place) const {
  planner::DeparseInput deparse = deparse_;
  deparse.input_name = [&](uint32_t position) { return Output(node, position, false, place); };
  return planner::DeparseExpression(expression, deparse);
}

std::string PlanNames::TextOverRow(const expr::Expr& expression,
                                   const catalog::Relation& relation, const Inputs& inputs,
                                   NamePlace place) const {
  planner::DeparseInput deparse = WithInputs(inputs, place);
  deparse.input_name = [this, &relation, place, below = deparse.input_name](uint32_t position) {
    const auto width = static_cast<uint32_t>(relation.columns.size());
    if (position >= width) return below(position - width);
    return Column(relation.name, relation.columns[position].name, place);
  };
  return planner::DeparseExpression(expression, deparse);
}

std::string PlanNames::Column(std::string_view alias, std::string_view column,
                              NamePlace place) const {
  const bool has_several = aliases_.size() > 1;
  const bool qualify = place == NamePlace::kAlways || (verbose_ && place != NamePlace::kOutput) ||
                       (has_several && place != NamePlace::kScan);
  const std::string name = catalog::QuoteIdentifier(column);
  return qualify && !alias.empty() ? catalog::QuoteIdentifier(alias) + "." + name : name;
}

namespace {

bool IsColumn(const expr::Expr& expression) {
  return expression.kind == expr::ExprKind::kInput || expression.kind == expr::ExprKind::kOuter;
}

std::string Nested(std::string text, bool nested) {
  return nested ? "(" + text + ")" : text;
}

const std::string& NameAt(const std::vector<std::string>& names, uint32_t position) {
  static const std::string kUnknown = "?column?";
  return position < names.size() ? names[position] : kUnknown;
}

}  // namespace

std::string PlanNames::Output(const Node& node, uint32_t position, bool nested,
                              NamePlace place) const {
  const Inputs children = ChildrenOf(node);
  const auto computed = [&](const expr::Expr& expression) {
    if (expression.kind == expr::ExprKind::kInput) {
      return Output(*children[0], static_cast<const expr::InputExpr&>(expression).index, nested,
                    place);
    }
    return Nested(Text(expression, children, place), nested && !IsColumn(expression));
  };
  const auto scanned = [&](const catalog::Relation& relation, AttributeNumber attnum) {
    return Column(AliasOf(node), attnum > 0 ? std::string_view(relation.columns[attnum - 1].name)
                                            : SystemColumnName(attnum),
                  place);
  };
  switch (node.kind) {
    case NodeKind::kTableScan: {
      const auto& scan = As<plan::TableScanNode>(node);
      return scanned(*scan.relation, scan.attnums[position]);
    }
    case NodeKind::kVirtualScan: {
      const auto& scan = As<plan::VirtualScanNode>(node);
      return scanned(*scan.relation, scan.attnums[position]);
    }
    case NodeKind::kValues:
      return Column(AliasOf(node), NameAt(As<plan::ValuesNode>(node).column_names, position), place);
    case NodeKind::kFunctionScan:
      return Column(AliasOf(node), NameAt(As<plan::FunctionScanNode>(node).column_names, position),
                    place);
    case NodeKind::kCteScan:
    case NodeKind::kWorkTable:
      return Column(AliasOf(node), NameAt(As<plan::CteScanNode>(node).column_names, position), place);
    case NodeKind::kProject:
    case NodeKind::kProjectSet: return computed(*As<plan::ProjectNode>(node).expressions[position]);
    case NodeKind::kAggregate: {
      const auto& aggregate = As<plan::AggregateNode>(node);
      if (position < aggregate.groups.size()) return computed(*aggregate.groups[position]);
      position -= static_cast<uint32_t>(aggregate.groups.size());
      return position < aggregate.aggregates.size() ? computed(*aggregate.aggregates[position])
                                                    : Nested("GROUPING", nested);
    }
    case NodeKind::kWindow: {
      const auto width = static_cast<uint32_t>(children[0]->output_types.size());
      if (position < width) return Output(*children[0], position, nested, place);
      return computed(*As<plan::WindowNode>(node).calls[position - width]);
    }
    case NodeKind::kHashJoin: {
      const plan::JoinType type = As<plan::HashJoinNode>(node).type;
      if (type == plan::JoinType::kRightSemi || type == plan::JoinType::kRightAnti) {
        return Output(*children[1], position, true, place);
      }
      [[fallthrough]];
    }
    case NodeKind::kNestedLoop: {
      const auto width = static_cast<uint32_t>(children[0]->output_types.size());
      return position < width ? Output(*children[0], position, true, place)
                              : Output(*children[1], position - width, true, place);
    }
    case NodeKind::kWith: return Output(*children.back(), position, nested, place);
    default:
      return children.empty() ? fmt::format("#{}", position)
                              : Output(*children[0], position, nested, place);
  }
}

std::vector<std::string> PlanNames::Outputs(const Node& node, NamePlace place) const {
  std::vector<std::string> outputs;
  for (uint32_t i = 0; i < node.output_types.size(); ++i) {
    outputs.push_back(Output(node, i, false, place));
  }
  return outputs;
}

std::string PlanNames::SortKeyText(const expr::SortKey& key, const Node& child) const {
  std::string text = Text(*key.expression, {&child}, NamePlace::kUpper);
  if (!IsColumn(*key.expression)) text = "(" + text + ")";
  if (key.descending) text += " DESC";
  if (key.nulls_first != key.descending) text += key.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  return text;
}

}  // namespace grizzly::commands
