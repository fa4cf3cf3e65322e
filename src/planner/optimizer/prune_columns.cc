// Nobody computes what nobody reads: outputs not needed above disappear, down to the scans.
#include <algorithm>

#include "planner/optimizer/column_set.h"
#include "planner/optimizer/optimizer.h"

namespace grizzly::planner {
namespace {

void AddFree(ColumnSet& set, const ExprPtr& expression) {
  if (expression != nullptr) set.AddAll(expr::FreeColumns(*expression));
}

ColumnSet UsedByExpressions(LogicalNode& node) {
  ColumnSet used;
  node.VisitExpressions([&](ExprPtr& expression) { AddFree(used, expression); });
  return used;
}

class ColumnPruner {
 public:
  explicit ColumnPruner(const StatementColumns& columns) : columns_(columns) {}

  // Everything of a subtree that must keep its width (set operations, CTEs, recursive terms).
  void PruneKeepingOutputs(LogicalPtr& node) { Prune(node, ColumnSet(node->outputs)); }

  void PruneSubqueries(LogicalNode& node) {
    const std::function<void(ExprPtr&)> descend = [&](ExprPtr& expression) {
      if (expression->kind == expr::ExprKind::kSubquery) {
        auto& subquery = static_cast<expr::SubqueryExpr&>(*expression);
        LogicalPtr& plan = static_cast<LogicalSubquery&>(*subquery.body).plan;
        PruneKeepingOutputs(plan);
      }
      expression->VisitChildren(descend);
    };
    node.VisitExpressions(descend);
  }

  static void PruneScan(LogicalScan& scan, const ColumnSet& needed) {
    const ColumnSet used = UsedByExpressions(scan);
    std::vector<ColumnId> outputs;
    std::vector<AttributeNumber> attnums;
    for (size_t i = 0; i < scan.outputs.size(); ++i) {
      if (!needed.Contains(scan.outputs[i]) && !used.Contains(scan.outputs[i])) continue;
      outputs.push_back(scan.outputs[i]);
      attnums.push_back(scan.attnums[i]);
    }
    scan.outputs = std::move(outputs);
    scan.attnums = std::move(attnums);
  }

  void PruneProject(LogicalProject& project, const ColumnSet& needed) {
    const bool has_sets = project.kind == LogicalKind::kProjectSet;
    std::vector<ColumnId> outputs;
    std::vector<ExprPtr> expressions;
    for (size_t i = 0; i < project.outputs.size(); ++i) {
      const bool keep = needed.Contains(project.outputs[i]) || has_sets ||
                        expr::IsVolatile(*project.expressions[i]);
      if (!keep) continue;
      outputs.push_back(project.outputs[i]);
      expressions.push_back(std::move(project.expressions[i]));
    }
    project.outputs = std::move(outputs);
    project.expressions = std::move(expressions);
    Prune(project.children[0], UsedByExpressions(project));
  }

  // A join hands on what its own condition compared; nobody above should copy it into another hash table.
  void KeepOnly(const ColumnSet& needed, LogicalPtr& node) {
    std::vector<ColumnId> kept;
    for (ColumnId id : node->outputs) {
      if (needed.Contains(id)) kept.push_back(id);
    }
    if (node->kind != LogicalKind::kJoin || kept.size() == node->outputs.size()) return;
    auto project = std::make_unique<LogicalProject>();
    project->estimated_rows = node->estimated_rows;
    for (ColumnId id : kept) {
      project->expressions.push_back(std::make_unique<expr::ColumnExpr>(columns_[id].type, id));
    }
    project->outputs = std::move(kept);
    project->children.push_back(std::move(node));
    node = std::move(project);
  }

  void PruneJoin(LogicalJoin& join, const ColumnSet& needed) {
    ColumnSet below = UsedByExpressions(join);
    for (const LogicalPtr& child : join.children) {
      for (ColumnId id : child->outputs) {
        if (needed.Contains(id)) below.Add(id);
      }
    }
    if (join.lateral) below.AddAll(FreeColumns(*join.children[1]));
    for (LogicalPtr& child : join.children) {
      Prune(child, below);
      KeepOnly(below, child);
    }
    join.outputs = join.children[0]->outputs;
    if (join.type == JoinType::kSemi || join.type == JoinType::kAnti) return;
    join.outputs.insert(join.outputs.end(), join.children[1]->outputs.begin(),
                        join.children[1]->outputs.end());
  }

  void PruneAggregate(LogicalAggregate& aggregate, const ColumnSet& needed) {
    const size_t group_count = aggregate.groups.size();
    std::vector<ColumnId> outputs(aggregate.outputs.begin(),
                                  aggregate.outputs.begin() + group_count);
    std::vector<ExprPtr> kept;
    for (size_t i = 0; i < aggregate.aggregates.size(); ++i) {
      if (!needed.Contains(aggregate.outputs[group_count + i])) continue;
      outputs.push_back(aggregate.outputs[group_count + i]);
      kept.push_back(std::move(aggregate.aggregates[i]));
    }
    const size_t rest = group_count + aggregate.aggregates.size();
    outputs.insert(outputs.end(), aggregate.outputs.begin() + rest, aggregate.outputs.end());
    aggregate.outputs = std::move(outputs);
    aggregate.aggregates = std::move(kept);
    Prune(aggregate.children[0], UsedByExpressions(aggregate));
  }

  // Nodes that pass their child's columns on.
  void PrunePassing(LogicalNode& node, const ColumnSet& needed) {
    ColumnSet below = UsedByExpressions(node);
    for (ColumnId id : node.children[0]->outputs) {
      if (needed.Contains(id)) below.Add(id);
    }
    if (node.kind == LogicalKind::kLockRows) {
      for (const auto& mark : static_cast<LogicalLockRows&>(node).marks) below.Add(mark.row_key);
    }
    std::vector<ColumnId> own(node.outputs.begin(), node.outputs.end());
    Prune(node.children[0], below);
    node.outputs = node.children[0]->outputs;
    if (node.kind == LogicalKind::kWindow) {
      const auto& calls = static_cast<LogicalWindow&>(node).calls;
      node.outputs.insert(node.outputs.end(), own.end() - calls.size(), own.end());
    }
  }

  // The row's key and its columns as they are.
  static void AddOldRow(const LogicalModify& modify, ColumnSet& below) {
    below.Add(modify.row_key);
    for (ColumnId id : modify.old_columns) {
      if (id != expr::kNoColumn) below.Add(id);
    }
  }

  void PruneModify(LogicalNode& node) {
    ColumnSet below = UsedByExpressions(node);
    if (node.kind == LogicalKind::kMerge) {
      below.Add(static_cast<const LogicalMerge&>(node).row_key);
    } else if (node.kind != LogicalKind::kInsert) {
      AddOldRow(static_cast<const LogicalModify&>(node), below);
    }
    Prune(node.children[0], below);
  }

  void Prune(LogicalPtr& node, const ColumnSet& needed) {
    PruneSubqueries(*node);
    switch (node->kind) {
      case LogicalKind::kScan: PruneScan(static_cast<LogicalScan&>(*node), needed); break;
      case LogicalKind::kProject:
      case LogicalKind::kProjectSet:
        PruneProject(static_cast<LogicalProject&>(*node), needed);
        break;
      case LogicalKind::kJoin: PruneJoin(static_cast<LogicalJoin&>(*node), needed); break;
      case LogicalKind::kAggregate:
        PruneAggregate(static_cast<LogicalAggregate&>(*node), needed);
        break;
      case LogicalKind::kFilter:
      case LogicalKind::kSort:
      case LogicalKind::kLimit:
      case LogicalKind::kWindow:
      case LogicalKind::kLockRows: PrunePassing(*node, needed); break;
      case LogicalKind::kDistinct:
        if (static_cast<LogicalDistinct&>(*node).on.empty()) {
          PruneKeepingOutputs(node->children[0]);
        } else {
          PrunePassing(*node, needed);
        }
        break;
      case LogicalKind::kInsert:
      case LogicalKind::kUpdate:
      case LogicalKind::kDelete:
      case LogicalKind::kMerge: PruneModify(*node); break;
      case LogicalKind::kWith:
        for (size_t i = 0; i + 1 < node->children.size(); ++i) PruneKeepingOutputs(node->children[i]);
        Prune(node->children.back(), needed);
        node->outputs = node->children.back()->outputs;
        break;
      default:
        for (LogicalPtr& child : node->children) PruneKeepingOutputs(child);
    }
  }

 private:
  const StatementColumns& columns_;
};

}  // namespace

void PruneColumns(LogicalPtr& root, const std::vector<ColumnId>& needed,
                  const StatementColumns& columns) {
  ColumnPruner(columns).Prune(root, ColumnSet(needed));
}

}  // namespace grizzly::planner
