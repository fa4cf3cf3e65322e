#include "planner/optimizer/optimizer.h"

#include "expr/constant_folding.h"
#include "planner/optimizer/outer_joins.h"

namespace grizzly::planner {
namespace {

void FoldExpressions(LogicalNode& node) {
  const std::function<void(ExprPtr&)> descend = [&](ExprPtr& expression) {
    if (expression->kind == expr::ExprKind::kSubquery) {
      auto& subquery = static_cast<expr::SubqueryExpr&>(*expression);
      FoldExpressions(*static_cast<LogicalSubquery&>(*subquery.body).plan);
    }
    expression->VisitChildren(descend);
  };
  node.VisitExpressions([&](ExprPtr& expression) {
    descend(expression);
    expr::FoldConstants(expression);
  });
  for (LogicalPtr& child : node.children) FoldExpressions(*child);
}

std::vector<ColumnId> ResultColumns(const BoundStatement& statement) {
  std::vector<ColumnId> needed;
  for (const auto& result : statement.results) needed.push_back(result.column);
  for (const auto& key : statement.row_keys) needed.push_back(key.column);
  return needed;
}

}  // namespace

void Optimize(BoundStatement& statement, const PlannerInput& input) {
  const Cardinality cardinality(statement.columns, *input.catalog, input.statistics,
                                input.sample_parameters);
  const RuleSet& disabled = input.disabled_rules;
  if (!disabled.Has(Rule::kFoldConstants)) FoldExpressions(*statement.root);
  if (!disabled.Has(Rule::kInlineCtes)) InlineCtes(statement.root, statement.columns);
  if (!disabled.Has(Rule::kUnnestSubqueries)) {
    UnnestSubqueries(statement.root, statement.columns);
  }
  ReduceOuterJoins(*statement.root, disabled.Has(Rule::kOuterToInnerJoins));
  PushDownFilters(statement.root, disabled);
  OrderJoins(statement.root, cardinality, disabled);
  if (!disabled.Has(Rule::kPruneColumns)) {
    PruneColumns(statement.root, ResultColumns(statement), statement.columns);
  }
  cardinality.Estimate(*statement.root);
}

}  // namespace grizzly::planner
