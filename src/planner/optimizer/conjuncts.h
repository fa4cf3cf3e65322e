// Conditions as lists of conjuncts: taking apart, and asking what they are.
#pragma once

#include <optional>
#include <vector>

#include "expr/expr.h"
#include "planner/logical/logical_plan.h"

namespace grizzly::planner {

// Appends the ANDed parts of `condition`.
void SplitConjuncts(ExprPtr condition, std::vector<ExprPtr>* conjuncts);
// An AND of them, or null when there are none.
ExprPtr CombineConjuncts(std::vector<ExprPtr> conjuncts);
bool ContainsSubquery(const expr::Expr& expression);

// (a AND x) OR (a AND y) becomes a AND (x OR y): what every branch demands is demanded. Appends the
// result's conjuncts.
void FactorDisjunction(ExprPtr condition, std::vector<ExprPtr>* conjuncts);
// The weaker condition over `columns` alone that a disjunction implies: of each branch the conjuncts
// that mention nothing else. Null when a branch has none, or for anything but a disjunction.
ExprPtr ImpliedCondition(const expr::Expr& condition, const std::vector<ColumnId>& columns);

enum class ComparisonOperator : uint8_t { kEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

// `left op right`, with a btree operator of pg_catalog.
struct SimpleComparison {
  ComparisonOperator op;
  const expr::Expr* left;
  const expr::Expr* right;
};
std::optional<SimpleComparison> AsComparison(const expr::Expr& expression);
ComparisonOperator Mirrored(ComparisonOperator op);

// The column below relabelling casts, or null.
const expr::ColumnExpr* AsColumn(const expr::Expr& expression);

// For each id in `from`, an expression to put in its place.
void Substitute(ExprPtr& expression, const std::vector<ColumnId>& from,
                const std::vector<const expr::Expr*>& to);
// Renames columns, in subqueries too.
void RenameColumns(ExprPtr& expression, const std::vector<ColumnId>& from,
                   const std::vector<ColumnId>& to);

}  // namespace grizzly::planner
