#include "planner/optimizer/conjuncts.h"

#include <algorithm>

#include "facts/operators.h"
#include "planner/optimizer/column_set.h"
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

namespace {

bool IsDisjunction(const Expr& condition) {
  return condition.kind == ExprKind::kBool &&
         static_cast<const expr::ListExpr&>(condition).choice ==
             static_cast<uint8_t>(BoolOperation::kOr);
}

// The ANDed parts of each branch of an OR, nested ORs included.
void SplitBranches(ExprPtr condition, std::vector<std::vector<ExprPtr>>* branches) {
  if (IsDisjunction(*condition)) {
    for (ExprPtr& child : static_cast<expr::ListExpr&>(*condition).children) {
      SplitBranches(std::move(child), branches);
    }
    return;
  }
  SplitConjuncts(std::move(condition), &branches->emplace_back());
}

bool HasEqual(const std::vector<ExprPtr>& parts, const Expr& wanted) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const ExprPtr& part) { return expr::Equals(*part, wanted); });
}

ExprPtr MakeDisjunction(const types::SqlType& type, std::vector<ExprPtr> branches) {
  if (branches.size() == 1) return std::move(branches[0]);
  auto any = std::make_unique<expr::ListExpr>(ExprKind::kBool, type,
                                              static_cast<uint8_t>(BoolOperation::kOr));
  any->children = std::move(branches);
  return any;
}

}  // namespace

void FactorDisjunction(ExprPtr condition, std::vector<ExprPtr>* conjuncts) {
  if (!IsDisjunction(*condition) || expr::IsVolatile(*condition)) {
    conjuncts->push_back(std::move(condition));
    return;
  }
  const types::SqlType type = condition->type;
  std::vector<std::vector<ExprPtr>> branches;
  SplitBranches(std::move(condition), &branches);
  std::vector<ExprPtr> common;
  for (const ExprPtr& part : branches[0]) {
    const bool everywhere = std::all_of(branches.begin(), branches.end(),
                                        [&](const auto& b) { return HasEqual(b, *part); });
    if (everywhere && !HasEqual(common, *part)) common.push_back(part->Clone());
  }
  bool always = false;  // a branch demands nothing more: the rest of the OR is true
  std::vector<ExprPtr> rest;
  for (std::vector<ExprPtr>& branch : branches) {
    std::erase_if(branch, [&](const ExprPtr& part) { return HasEqual(common, *part); });
    always |= branch.empty();
    if (!branch.empty()) rest.push_back(CombineConjuncts(std::move(branch)));
  }
  for (ExprPtr& part : common) conjuncts->push_back(std::move(part));
  if (!always) conjuncts->push_back(MakeDisjunction(type, std::move(rest)));
}

ExprPtr ImpliedCondition(const Expr& condition, const std::vector<ColumnId>& columns) {
  if (!IsDisjunction(condition) || expr::IsVolatile(condition) || ContainsSubquery(condition)) {
    return nullptr;
  }
  const ColumnSet own(columns);
  std::vector<std::vector<ExprPtr>> branches;
  SplitBranches(condition.Clone(), &branches);
  std::vector<ExprPtr> weaker;
  for (std::vector<ExprPtr>& branch : branches) {
    std::erase_if(branch, [&](const ExprPtr& part) {
      const auto free = expr::FreeColumns(*part);
      return free.empty() || !own.ContainsAll(free);
    });
    if (branch.empty()) return nullptr;
    weaker.push_back(CombineConjuncts(std::move(branch)));
  }
  return MakeDisjunction(condition.type, std::move(weaker));
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

}  // namespace grizzly::planner
