// The nodes that map one to one, and the dispatch over all kinds.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/error/check.h"
#include "planner/physical/conversion.h"
#include "planner/physical/repeatable.h"

namespace grizzly::planner {

Converted Conversion::Convert(LogicalNode& node) {
  switch (node.kind) {
    case LogicalKind::kScan: return ConvertScan(static_cast<LogicalScan&>(node));
    case LogicalKind::kValues: return ConvertValues(static_cast<LogicalValues&>(node));
    case LogicalKind::kFunctionScan:
      return ConvertFunctionScan(static_cast<LogicalFunctionScan&>(node));
    case LogicalKind::kOneRow: {
      auto made = std::make_unique<plan::OneRowNode>();
      Finish(*made, {}, 1);
      return {std::move(made), {}};
    }
    case LogicalKind::kFilter: return ConvertFilter(static_cast<LogicalFilter&>(node));
    case LogicalKind::kProject:
    case LogicalKind::kProjectSet: return ConvertProject(static_cast<LogicalProject&>(node));
    case LogicalKind::kJoin: return ConvertJoin(static_cast<LogicalJoin&>(node));
    case LogicalKind::kAggregate: return ConvertAggregate(static_cast<LogicalAggregate&>(node));
    case LogicalKind::kWindow: return ConvertWindow(static_cast<LogicalWindow&>(node));
    case LogicalKind::kSort: return ConvertSort(static_cast<LogicalSort&>(node));
    case LogicalKind::kLimit: return ConvertLimit(static_cast<LogicalLimit&>(node));
    case LogicalKind::kDistinct: return ConvertDistinct(static_cast<LogicalDistinct&>(node));
    case LogicalKind::kSetOperation:
      return ConvertSetOperation(static_cast<LogicalSetOperation&>(node));
    case LogicalKind::kWith: return ConvertWith(static_cast<LogicalWith&>(node));
    case LogicalKind::kCteScan:
    case LogicalKind::kWorkTable: return ConvertCteScan(static_cast<LogicalCteScan&>(node));
    case LogicalKind::kRecursiveUnion:
      return ConvertRecursiveUnion(static_cast<LogicalRecursiveUnion&>(node));
    case LogicalKind::kLockRows: return ConvertLockRows(static_cast<LogicalLockRows&>(node));
    case LogicalKind::kInsert: return ConvertInsert(static_cast<LogicalInsert&>(node));
    case LogicalKind::kUpdate:
    case LogicalKind::kDelete: return ConvertModify(static_cast<LogicalModify&>(node));
    case LogicalKind::kMerge: return ConvertMerge(static_cast<LogicalMerge&>(node));
  }
  GRIZZLY_UNREACHABLE("logical node without a plan node");
}

Converted Conversion::ConvertValues(LogicalValues& values) {
  auto node = std::make_unique<plan::ValuesNode>();
  for (auto& row : values.rows) node->rows.push_back(ResolveAll(row, {}));
  for (size_t i = 0; i < values.outputs.size(); ++i) {
    node->column_names.push_back(fmt::format("column{}", i + 1));
  }
  Finish(*node, values.outputs, static_cast<double>(values.rows.size()));
  return {std::move(node), values.outputs};
}

Converted Conversion::ConvertFunctionScan(LogicalFunctionScan& scan) {
  auto node = std::make_unique<plan::FunctionScanNode>();
  for (LogicalFunctionScan::Function& function : scan.functions) {
    node->functions.push_back({Resolve(std::move(function.call), {}), function.column_count});
  }
  node->ordinality = scan.ordinality;
  node->alias = scan.alias;
  node->column_names = NamesOf(scan.outputs);
  Finish(*node, scan.outputs, scan.estimated_rows);
  node->total_cost = node->estimated_rows;
  return {std::move(node), scan.outputs};
}

Converted Conversion::ConvertFilter(LogicalFilter& filter) {
  const bool may_keep = is_rerun_ && IsFixed(*filter.children[0]);
  Converted source = Convert(*filter.children[0]);
  rows_here_ = source.node->estimated_rows;
  if (may_keep) {
    OuterConditions outer = TakeOuterConditions(filter.conjuncts, source.columns);
    return KeepRows(std::move(source), std::move(outer), filter.estimated_rows);
  }
  auto node = std::make_unique<plan::FilterNode>();
  node->conjuncts = ResolveAll(filter.conjuncts, source.columns);
  Finish(*node, source.columns, filter.estimated_rows);
  node->total_cost = source.node->total_cost + source.node->estimated_rows;
  node->children.push_back(std::move(source.node));
  return {std::move(node), source.columns};
}

Converted Conversion::ConvertProject(LogicalProject& project) {
  Converted source = Convert(*project.children[0]);
  const bool is_set = project.kind == LogicalKind::kProjectSet;
  // A projection that only passes what its child has in this order is none.
  if (!is_set && project.outputs == source.columns) {
    const bool passes = std::all_of(
        project.expressions.begin(), project.expressions.end(),
        [](const ExprPtr& e) { return e->kind == expr::ExprKind::kColumn; });
    bool same = passes;
    for (size_t i = 0; same && i < project.expressions.size(); ++i) {
      same = static_cast<const expr::ColumnExpr&>(*project.expressions[i]).id == project.outputs[i];
    }
    if (same) return source;
  }
  rows_here_ = source.node->estimated_rows;
  auto node = std::make_unique<plan::ProjectNode>(is_set ? plan::NodeKind::kProjectSet
                                                         : plan::NodeKind::kProject);
  node->expressions = ResolveAll(project.expressions, source.columns);
  Finish(*node, project.outputs, source.node->estimated_rows * (is_set ? 100 : 1));
  node->total_cost = source.node->total_cost + 0.1 * source.node->estimated_rows;
  node->children.push_back(std::move(source.node));
  return {std::move(node), project.outputs};
}

Converted Conversion::ConvertAggregate(LogicalAggregate& aggregate) {
  Converted source = Convert(*aggregate.children[0]);
  rows_here_ = source.node->estimated_rows;
  auto node = std::make_unique<plan::AggregateNode>();
  node->groups = ResolveAll(aggregate.groups, source.columns);
  for (ExprPtr& call : aggregate.aggregates) {
    ExprPtr resolved = Resolve(std::move(call), source.columns);
    node->aggregates.emplace_back(static_cast<expr::AggregateExpr*>(resolved.release()));
  }
  node->grouping_sets = aggregate.grouping_sets;
  node->grouping_calls = aggregate.grouping_calls;
  node->estimated_groups = aggregate.estimated_rows;
  Finish(*node, aggregate.outputs, aggregate.estimated_rows);
  node->total_cost = source.node->total_cost + 2 * source.node->estimated_rows;
  node->children.push_back(std::move(source.node));
  return {std::move(node), aggregate.outputs};
}

Converted Conversion::ConvertSort(LogicalSort& sort) {
  Converted source = Convert(*sort.children[0]);
  std::vector<expr::SortKey> keys;
  for (expr::SortKey& key : sort.keys) {
    keys.push_back({Resolve(std::move(key.expression), source.columns), key.descending,
                    key.nulls_first, key.operator_oid});
  }
  if (SortIsGiven(*source.node, keys)) return source;
  auto node = std::make_unique<plan::SortNode>();
  node->keys = std::move(keys);
  const double rows = source.node->estimated_rows;
  Finish(*node, source.columns, rows);
  node->startup_cost = source.node->total_cost + rows * std::log2(rows + 2);
  node->total_cost = node->startup_cost + rows;
  node->children.push_back(std::move(source.node));
  return {std::move(node), source.columns};
}

Converted Conversion::ConvertLimit(LogicalLimit& limit) {
  std::vector<expr::SortKey> tie_keys;
  const LogicalNode* sorted = limit.children[0].get();
  if (sorted->kind == LogicalKind::kLockRows) sorted = sorted->children[0].get();
  if (limit.with_ties && sorted->kind == LogicalKind::kSort) {
    for (const expr::SortKey& key : static_cast<const LogicalSort&>(*sorted).keys) {
      tie_keys.push_back({key.expression->Clone(), key.descending, key.nulls_first,
                          key.operator_oid});
    }
  }
  Converted source = Convert(*limit.children[0]);
  auto node = std::make_unique<plan::LimitNode>();
  node->with_ties = limit.with_ties;
  for (expr::SortKey& key : tie_keys) {
    ResolveInPlace(key.expression, source.columns);
    if (key.expression->kind != expr::ExprKind::kInput) {
      ThrowNotSupported("WITH TIES over a computed sort key");
    }
    node->tie_keys.push_back(std::move(key));
  }
  if (limit.count != nullptr) node->count = Resolve(std::move(limit.count), {});
  if (limit.offset != nullptr) node->offset = Resolve(std::move(limit.offset), {});
  // The sort below (perhaps under a projection) need keep no more than these rows.
  plan::Node* below = source.node.get();
  while (below->kind == plan::NodeKind::kProject) below = below->children[0].get();
  if (below->kind == plan::NodeKind::kSort && node->count != nullptr && !limit.with_ties) {
    auto& sort = static_cast<plan::SortNode&>(*below);
    sort.limit = node->count->Clone();
    if (node->offset != nullptr) sort.limit_offset = node->offset->Clone();
  }
  Finish(*node, source.columns, limit.estimated_rows);
  node->total_cost = source.node->total_cost;
  node->children.push_back(std::move(source.node));
  return {std::move(node), source.columns};
}

Converted Conversion::ConvertDistinct(LogicalDistinct& distinct) {
  Converted source = Convert(*distinct.children[0]);
  auto node = std::make_unique<plan::DistinctNode>();
  if (distinct.on.empty()) source = Shape(std::move(source), distinct.outputs);
  node->on = ResolveAll(distinct.on, source.columns);
  Finish(*node, source.columns, distinct.estimated_rows);
  node->total_cost = source.node->total_cost + source.node->estimated_rows;
  node->children.push_back(std::move(source.node));
  return {std::move(node), source.columns};
}

Converted Conversion::ConvertSetOperation(LogicalSetOperation& set) {
  std::vector<plan::NodePtr> children;
  double cost = 0;
  for (LogicalPtr& child : set.children) {
    const std::vector<ColumnId> wanted = child->outputs;
    Converted converted = Shape(Convert(*child), wanted);
    cost += converted.node->total_cost;
    children.push_back(std::move(converted.node));
  }
  plan::NodePtr node;
  if (set.operation == SetOperationType::kUnion && set.all) {
    auto append = std::make_unique<plan::AppendNode>();
    Finish(*append, set.outputs, set.estimated_rows);
    node = std::move(append);
  } else {
    auto operation = std::make_unique<plan::SetOperationNode>();
    operation->all = set.all;
    operation->operation = set.operation == SetOperationType::kUnion
                               ? plan::SetOperationType::kUnion
                           : set.operation == SetOperationType::kIntersect
                               ? plan::SetOperationType::kIntersect
                               : plan::SetOperationType::kExcept;
    Finish(*operation, set.outputs, set.estimated_rows);
    node = std::move(operation);
  }
  node->children = std::move(children);
  node->total_cost = cost;
  return {std::move(node), set.outputs};
}

namespace {

bool ChangesRows(const LogicalNode& node) {
  switch (node.kind) {
    case LogicalKind::kInsert:
    case LogicalKind::kUpdate:
    case LogicalKind::kDelete:
    case LogicalKind::kMerge: return true;
    case LogicalKind::kSetOperation: return ChangesRows(*node.children[0]);  // of a tree of tables
    default: return false;
  }
}

}  // namespace

Converted Conversion::ConvertWith(LogicalWith& with) {
  auto node = std::make_unique<plan::WithNode>();
  for (size_t i = 0; i < with.ctes.size(); ++i) {
    const bool modifies = ChangesRows(*with.children[i]);
    const std::vector<ColumnId> wanted = with.children[i]->outputs;
    cte_names_[with.ctes[i].cte_id] = with.ctes[i].name;
    Converted cte = Convert(*with.children[i]);
    if (!modifies) cte = Shape(std::move(cte), wanted);
    node->children.push_back(std::move(cte.node));
    node->ctes.push_back({CteSlot(with.ctes[i].cte_id), with.ctes[i].name, modifies});
  }
  Converted body = Convert(*with.children.back());
  Finish(*node, body.columns, body.node->estimated_rows);
  node->total_cost = body.node->total_cost;
  node->children.push_back(std::move(body.node));
  return {std::move(node), body.columns};
}

Converted Conversion::ConvertCteScan(LogicalCteScan& scan) {
  auto node = std::make_unique<plan::CteScanNode>(scan.kind == LogicalKind::kWorkTable
                                                      ? plan::NodeKind::kWorkTable
                                                      : plan::NodeKind::kCteScan);
  node->cte = scan.kind == LogicalKind::kWorkTable ? WorkTableSlot(scan.cte_id)
                                                   : CteSlot(scan.cte_id);
  node->name = cte_names_[scan.cte_id];
  node->alias = scan.alias;
  node->column_names = NamesOf(scan.outputs);
  Finish(*node, scan.outputs, scan.estimated_rows);
  return {std::move(node), scan.outputs};
}

Converted Conversion::ConvertRecursiveUnion(LogicalRecursiveUnion& recursive) {
  auto node = std::make_unique<plan::RecursiveUnionNode>();
  node->cte = WorkTableSlot(recursive.cte_id);
  node->all = recursive.all;
  constexpr double kRounds = 10;
  for (LogicalPtr& child : recursive.children) {
    const std::vector<ColumnId> wanted = child->outputs;
    const bool is_term = child == recursive.children.back();
    const RerunScope scope(*this, is_term || is_rerun_, runs_ * (is_term ? kRounds : 1));
    node->children.push_back(Shape(Convert(*child), wanted).node);
  }
  Finish(*node, recursive.outputs, recursive.estimated_rows);
  return {std::move(node), recursive.outputs};
}

}  // namespace grizzly::planner
