#include "expr/fixed.h"

#include "base/error/sql_error.h"

namespace grizzly::expr {

bool IsFixed(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kConst:
    case ExprKind::kParam:
    case ExprKind::kOuter: return true;
    case ExprKind::kFunction:
      if (static_cast<const FunctionExpr&>(expr).volatility == 'v') return false;
      break;
    case ExprKind::kRelabel: break;
    default: return false;
  }
  bool fixed = true;
  ForEachChild(expr, [&](const Expr& child) { fixed = fixed && IsFixed(child); });
  return fixed;
}

std::optional<types::Datum> FixedValue(Evaluator& evaluator) {
  try {
    return evaluator.EvaluateScalar();
  } catch (const SqlError& error) {
    if (error.state() == SqlState::kQueryCanceled) throw;
    return std::nullopt;
  }
}

}  // namespace grizzly::expr
