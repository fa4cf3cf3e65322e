#include "planner/optimizer/conjuncts.h"

#include <algorithm>

#include "facts/operators.h"
#include "types/sql_type.h"

namespace grizzly::planner {

using expr::BoolOperation;
using expr::Expr;
using expr::ExprKind;

void SplitConjuncts(ExprPtr condition, std::vector<ExprPtr>* conjuncts) {
  if (condition->kind == ExprKind::kBool) {
    auto& list = static_cast<expr::ListExpr&>(*condition);
    if (list.choice == static_cast<uint8_t>(BoolOperation::kAnd)) {
      for (ExprPtr& child : list.children) SplitConjuncts(std::move(child), conjuncts);
      return;
    }
  }
  // WHERE true is no condition.
  if (condition->kind == ExprKind::kConst) {
    const auto& constant = static_cast<const expr::ConstExpr&>(*condition);
    if (!constant.value.is_null() && constant.value.AsBool()) return;
  }
  conjuncts->push_back(std::move(condition));
}

ExprPtr CombineConjuncts(std::vector<ExprPtr> conjuncts) {
  if (conjuncts.empty()) return nullptr;
  if (conjuncts.size() == 1) return std::move(conjuncts[0]);
  auto all = std::make_unique<expr::ListExpr>(ExprKind::kBool, conjuncts[0]->type,
                                              static_cast<uint8_t>(BoolOperation::kAnd));
  all->children = std::move(conjuncts);
  return all;
}

bool ContainsSubquery(const Expr& expression) {
  if (expression.kind == ExprKind::kSubquery) return true;
  bool found = false;
  expr::ForEachChild(expression, [&](const Expr& child) { found |= ContainsSubquery(child); });
  return found;
}

std::optional<SimpleComparison> AsComparison(const Expr& expression) {
  if (expression.kind != ExprKind::kFunction) return std::nullopt;
  const auto& call = static_cast<const expr::FunctionExpr&>(expression);
  if (call.operator_oid == kInvalidOid || call.arguments.size() != 2) return std::nullopt;
  const facts::OperatorFact* fact = facts::FindOperator(call.operator_oid);
  if (fact == nullptr) return std::nullopt;
  ComparisonOperator op;
  if (fact->oprname == "=") {
    op = ComparisonOperator::kEqual;
  } else if (fact->oprname == "<") {
    op = ComparisonOperator::kLess;
  } else if (fact->oprname == "<=") {
    op = ComparisonOperator::kLessEqual;
  } else if (fact->oprname == ">") {
    op = ComparisonOperator::kGreater;
  } else if (fact->oprname == ">=") {
    op = ComparisonOperator::kGreaterEqual;
  } else {
    return std::nullopt;
  }
  return SimpleComparison{op, call.arguments[0].get(), call.arguments[1].get()};
}

ComparisonOperator Mirrored(ComparisonOperator op) {
  switch (op) {
    case ComparisonOperator::kEqual: return op;
    case ComparisonOperator::kLess: return ComparisonOperator::kGreater;
    case ComparisonOperator::kLessEqual: return ComparisonOperator::kGreaterEqual;
    case ComparisonOperator::kGreater: return ComparisonOperator::kLess;
    case ComparisonOperator::kGreaterEqual: return ComparisonOperator::kLessEqual;
  }
  return op;
}

const expr::ColumnExpr* AsColumn(const Expr& expression) {
  const Expr* inner = &expression;
  while (inner->kind == ExprKind::kRelabel) {
    inner = static_cast<const expr::ListExpr&>(*inner).children[0].get();
  }
  return inner->kind == ExprKind::kColumn ? static_cast<const expr::ColumnExpr*>(inner) : nullptr;
}

namespace {

void RewriteSubqueries(ExprPtr& expression,
                       const std::function<void(ExprPtr&)>& rewrite_expression);

void RewritePlan(LogicalNode& node, const std::function<void(ExprPtr&)>& rewrite_expression) {
  for (LogicalPtr& child : node.children) RewritePlan(*child, rewrite_expression);
  node.VisitExpressions([&](ExprPtr& expression) {
    RewriteSubqueries(expression, rewrite_expression);
    expr::RewriteTree(expression, rewrite_expression);
  });
}

void RewriteSubqueries(ExprPtr& expression,
                       const std::function<void(ExprPtr&)>& rewrite_expression) {
  if (expression->kind == ExprKind::kSubquery) {
    auto& subquery = static_cast<expr::SubqueryExpr&>(*expression);
    RewritePlan(*static_cast<LogicalSubquery&>(*subquery.body).plan, rewrite_expression);
  }
  expression->VisitChildren(
      [&](ExprPtr& child) { RewriteSubqueries(child, rewrite_expression); });
}

}  // namespace

void Substitute(ExprPtr& expression, const std::vector<ColumnId>& from,
                const std::vector<const Expr*>& to) {
  const auto replace = [&](ExprPtr& part) {
    if (part->kind != ExprKind::kColumn) return;
    const ColumnId id = static_cast<const expr::ColumnExpr&>(*part).id;
    const auto found = std::find(from.begin(), from.end(), id);
    if (found != from.end()) part = to[found - from.begin()]->Clone();
  };
  RewriteSubqueries(expression, replace);
  expr::RewriteTree(expression, replace);
}

void RenameColumns(ExprPtr& expression, const std::vector<ColumnId>& from,
                   const std::vector<ColumnId>& to) {
  const auto rename = [&](ExprPtr& part) {
    if (part->kind != ExprKind::kColumn) return;
    auto& column = static_cast<expr::ColumnExpr&>(*part);
    const auto found = std::find(from.begin(), from.end(), column.id);
    if (found != from.end()) column.id = to[found - from.begin()];
  };
  RewriteSubqueries(expression, rename);
  expr::RewriteTree(expression, rename);
}

bool RejectsNulls(const Expr& condition, const std::vector<ColumnId>& columns) {
  if (condition.kind == ExprKind::kFunction) {
    const auto& call = static_cast<const expr::FunctionExpr&>(condition);
    if (!call.strict) return false;
    for (const ExprPtr& argument : call.arguments) {
      if (const expr::ColumnExpr* column = AsColumn(*argument)) {
        if (std::find(columns.begin(), columns.end(), column->id) != columns.end()) return true;
      } else if (argument->kind == ExprKind::kFunction && RejectsNulls(*argument, columns)) {
        return true;
      }
    }
    return false;
  }
  if (condition.kind == ExprKind::kNullTest) {
    const auto& test = static_cast<const expr::ListExpr&>(condition);
    if (test.choice != static_cast<uint8_t>(expr::NullTestKind::kIsNotNull)) return false;
    const expr::ColumnExpr* column = AsColumn(*test.children[0]);
    return column != nullptr &&
           std::find(columns.begin(), columns.end(), column->id) != columns.end();
  }
  return false;
}

}  // namespace grizzly::planner
