#include "expr/node/array_elements.h"

#include <algorithm>

#include "base/error/check.h"
#include "base/error/sql_error.h"

namespace grizzly::expr {

SqlType ComparedElementType(const ComparisonExpr& expr) {
  GRIZZLY_CHECK(!expr.comparisons.empty() && expr.comparisons[0].call != nullptr);
  const auto& types = expr.comparisons[0].call->argument_types;
  GRIZZLY_CHECK(types.size() == 2);
  return types[1];
}

bool ConstantElements(const ComparisonExpr& expr, std::vector<Datum>& elements, bool* is_null) {
  *is_null = false;
  if (expr.right->kind == ExprKind::kConst) {
    const Datum& array = static_cast<const ConstExpr&>(*expr.right).value;
    *is_null = array.is_null();
    if (!array.is_null()) AppendArrayElements(array, ComparedElementType(expr), elements);
    return true;
  }
  if (expr.right->kind != ExprKind::kArray) return false;
  const auto& list = static_cast<const ListExpr&>(*expr.right);
  const bool all_constant =
      list.choice == 0 && std::all_of(list.children.begin(), list.children.end(), [](auto& child) {
        return child->kind == ExprKind::kConst;
      });
  if (!all_constant) return false;
  for (const ExprPtr& child : list.children) {
    elements.push_back(static_cast<const ConstExpr&>(*child).value);
  }
  return true;
}

}  // namespace grizzly::expr
