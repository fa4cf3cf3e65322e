// Inner joins are ordered by estimated size: the pair with the smallest result first, again and again
// (greedy operator ordering), cross products last.
//
// SOURCE  Fegaras: A New Heuristic for Optimizing Large Queries (DEXA 1998)
#include <algorithm>
#include <limits>

#include "planner/optimizer/column_set.h"
#include "planner/optimizer/conjuncts.h"
#include "planner/optimizer/optimizer.h"

namespace grizzly::planner {
namespace {

struct Part {
  LogicalPtr plan;
  double rows = 0;
};

class JoinOrderer {
 public:
  explicit JoinOrderer(const Cardinality& cardinality) : cardinality_(cardinality) {}

  void Visit(LogicalPtr& node) {
    VisitSubqueries(*node);
    if (IsReorderable(*node)) {
      std::vector<Part> parts;
      std::vector<ExprPtr> conditions;
      Flatten(node, &parts, &conditions);
      node = Order(std::move(parts), std::move(conditions));
      return;
    }
    for (LogicalPtr& child : node->children) Visit(child);
    cardinality_.Estimate(*node);
  }

 private:
  static bool IsReorderable(const LogicalNode& node) {
    if (node.kind != LogicalKind::kJoin) return false;
    const auto& join = static_cast<const LogicalJoin&>(node);
    return join.type == JoinType::kInner && !join.lateral;
  }

  void VisitSubqueries(LogicalNode& node) {
    const std::function<void(ExprPtr&)> descend = [&](ExprPtr& expression) {
      if (expression->kind == expr::ExprKind::kSubquery) {
        auto& subquery = static_cast<expr::SubqueryExpr&>(*expression);
        Visit(static_cast<LogicalSubquery&>(*subquery.body).plan);
      }
      expression->VisitChildren(descend);
    };
    node.VisitExpressions(descend);
  }

  void Flatten(LogicalPtr& node, std::vector<Part>* parts, std::vector<ExprPtr>* conditions) {
    if (!IsReorderable(*node)) {
      Visit(node);
      const double rows = cardinality_.Estimate(*node);
      parts->push_back({std::move(node), rows});
      return;
    }
    auto& join = static_cast<LogicalJoin&>(*node);
    for (ExprPtr& condition : join.conditions) conditions->push_back(std::move(condition));
    Flatten(join.children[0], parts, conditions);
    Flatten(join.children[1], parts, conditions);
  }

  // Rows of joining two parts, and whether any condition connects them.
  double JoinedRows(const Part& a, const Part& b, const std::vector<ExprPtr>& conditions,
                    bool* connected) const {
    const ColumnSet left(a.plan->outputs), right(b.plan->outputs);
    ColumnSet both(a.plan->outputs);
    both.AddAll(b.plan->outputs);
    double rows = a.rows * b.rows;
    *connected = false;
    for (const ExprPtr& condition : conditions) {
      if (condition == nullptr) continue;
      const auto free = expr::FreeColumns(*condition);
      if (!left.ContainsAny(free) || !right.ContainsAny(free) || !both.ContainsAll(free)) continue;
      *connected = true;
      rows *= cardinality_.Selectivity(*condition);
    }
    return std::max(rows, 1.0);
  }

  LogicalPtr Order(std::vector<Part> parts, std::vector<ExprPtr> conditions) {
    while (parts.size() > 1) {
      size_t best_a = 0, best_b = 1;
      double best_rows = std::numeric_limits<double>::infinity();
      bool best_connected = false;
      for (size_t a = 0; a < parts.size(); ++a) {
        for (size_t b = a + 1; b < parts.size(); ++b) {
          bool connected;
          const double rows = JoinedRows(parts[a], parts[b], conditions, &connected);
          if (best_connected && !connected) continue;
          if ((connected && !best_connected) || rows < best_rows) {
            best_a = a;
            best_b = b;
            best_rows = rows;
            best_connected = connected;
          }
        }
      }
      Merge(parts, best_a, best_b, best_rows, conditions);
    }
    LogicalPtr root = std::move(parts[0].plan);
    // What mentions columns of no join here (outer ones) applies to the whole.
    std::vector<ExprPtr> rest;
    for (ExprPtr& condition : conditions) {
      if (condition != nullptr) rest.push_back(std::move(condition));
    }
    if (rest.empty()) return root;
    auto filter = std::make_unique<LogicalFilter>();
    filter->outputs = root->outputs;
    filter->conjuncts = std::move(rest);
    filter->children.push_back(std::move(root));
    return filter;
  }

  void Merge(std::vector<Part>& parts, size_t a, size_t b, double rows,
             std::vector<ExprPtr>& conditions) {
    // The smaller side becomes the right one: hash joins build there.
    if (parts[a].rows < parts[b].rows) std::swap(parts[a], parts[b]);
    auto join = std::make_unique<LogicalJoin>();
    join->outputs = parts[a].plan->outputs;
    join->outputs.insert(join->outputs.end(), parts[b].plan->outputs.begin(),
                         parts[b].plan->outputs.end());
    const ColumnSet here(join->outputs);
    std::vector<ExprPtr> left;
    for (ExprPtr& condition : conditions) {
      if (condition == nullptr) continue;
      const auto free = expr::FreeColumns(*condition);
      if (!here.ContainsAll(free)) continue;
      join->conditions.push_back(std::move(condition));
      condition = nullptr;
    }
    join->estimated_rows = rows;
    join->children.push_back(std::move(parts[a].plan));
    join->children.push_back(std::move(parts[b].plan));
    parts[a] = {std::move(join), rows};
    parts.erase(parts.begin() + b);
  }

  const Cardinality& cardinality_;
};

}  // namespace

void OrderJoins(LogicalPtr& root, const Cardinality& cardinality) {
  JoinOrderer(cardinality).Visit(root);
}

}  // namespace grizzly::planner
