// Common table expressions read once are put where they are read, unless MATERIALIZED, volatile or
// data-modifying.
//
// SOURCE  PostgreSQL 15 docs, 7.8.3 "Common Table Expression Materialization"
#include <map>

#include "planner/optimizer/conjuncts.h"
#include "planner/optimizer/optimizer.h"

namespace grizzly::planner {
namespace {

bool HasVolatileOrModify(LogicalNode& node) {
  if (node.kind == LogicalKind::kInsert || node.kind == LogicalKind::kUpdate ||
      node.kind == LogicalKind::kDelete || node.kind == LogicalKind::kMerge ||
      node.kind == LogicalKind::kRecursiveUnion || node.kind == LogicalKind::kLockRows) {
    return true;
  }
  bool found = false;
  node.VisitExpressions([&](ExprPtr& expression) { found |= expr::IsVolatile(*expression); });
  for (LogicalPtr& child : node.children) found |= HasVolatileOrModify(*child);
  return found;
}

class Inliner {
 public:
  void Visit(LogicalPtr& node) {
    if (node->kind == LogicalKind::kWith) TakeCtes(static_cast<LogicalWith&>(*node));
    for (LogicalPtr& child : node->children) Visit(child);
    const std::function<void(ExprPtr&)> descend = [&](ExprPtr& expression) {
      if (expression->kind == expr::ExprKind::kSubquery) {
        auto& subquery = static_cast<expr::SubqueryExpr&>(*expression);
        Visit(static_cast<LogicalSubquery&>(*subquery.body).plan);
      }
      expression->VisitChildren(descend);
    };
    node->VisitExpressions(descend);
    if (node->kind == LogicalKind::kCteScan) Replace(node);
    if (node->kind == LogicalKind::kWith && node->children.size() == 1) {
      node = LogicalPtr(std::move(node->children[0]));
    }
  }

 private:
  void TakeCtes(LogicalWith& with) {
    std::vector<LogicalWith::Cte> kept;
    std::vector<LogicalPtr> children;
    for (size_t i = 0; i < with.ctes.size(); ++i) {
      const LogicalWith::Cte& cte = with.ctes[i];
      const bool wanted = cte.materialized == 'n' || cte.materialized == 'd';
      if (wanted && cte.reference_count == 1 && !HasVolatileOrModify(*with.children[i])) {
        taken_[cte.cte_id] = std::move(with.children[i]);
      } else {
        kept.push_back(cte);
        children.push_back(std::move(with.children[i]));
      }
    }
    children.push_back(std::move(with.children.back()));
    with.ctes = std::move(kept);
    with.children = std::move(children);
  }

  void Replace(LogicalPtr& node) {
    const auto found = taken_.find(static_cast<LogicalCteScan&>(*node).cte_id);
    if (found == taken_.end() || found->second == nullptr) return;
    LogicalPtr body = std::move(found->second);
    Visit(body);
    auto project = std::make_unique<LogicalProject>();
    project->outputs = node->outputs;
    for (size_t i = 0; i < body->outputs.size() && i < project->outputs.size(); ++i) {
      project->expressions.push_back(
          std::make_unique<expr::ColumnExpr>(types_->operator[](body->outputs[i]).type,
                                             body->outputs[i]));
    }
    project->children.push_back(std::move(body));
    node = std::move(project);
  }

  std::map<uint32_t, LogicalPtr> taken_;
  const StatementColumns* types_;

 public:
  explicit Inliner(const StatementColumns& columns) : types_(&columns) {}
};

}  // namespace

void InlineCtes(LogicalPtr& root, StatementColumns& columns) { Inliner(columns).Visit(root); }

}  // namespace grizzly::planner
