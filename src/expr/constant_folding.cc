#include "expr/constant_folding.h"

#include <algorithm>

#include "base/error/sql_error.h"
#include "expr/evaluator.h"

namespace grizzly::expr {
namespace {

bool IsConst(const Expr& expr) { return expr.kind == ExprKind::kConst; }
bool IsNullConst(const Expr& expr) {
  return IsConst(expr) && static_cast<const ConstExpr&>(expr).value.is_null();
}
bool IsBoolConst(const Expr& expr, bool wanted) {
  return IsConst(expr) && !IsNullConst(expr) &&
         static_cast<const ConstExpr&>(expr).value.AsBool() == wanted;
}

ExprPtr MakeConst(const Expr& like, const Datum& value) {
  auto constant = std::make_unique<ConstExpr>(like.type, value);
  constant->location = like.location;
  return constant;
}

bool ChildrenAreConst(const Expr& expr) {
  bool all = true;
  ForEachChild(expr, [&](const Expr& child) { all = all && IsConst(child); });
  return all;
}

// AND and OR: drops neutral operands, stops at the deciding one.
void SimplifyBool(ExprPtr& expr) {
  auto& list = static_cast<ListExpr&>(*expr);
  const auto operation = static_cast<BoolOperation>(list.choice);
  if (operation == BoolOperation::kNot) return;
  const bool neutral = operation == BoolOperation::kAnd;
  for (ExprPtr& child : list.children) {
    if (IsBoolConst(*child, !neutral)) {
      expr = std::move(child);
      return;
    }
  }
  std::erase_if(list.children, [&](const ExprPtr& c) { return IsBoolConst(*c, neutral); });
  if (list.children.empty()) {
    expr = MakeConst(*expr, Datum::Of(neutral));
  } else if (list.children.size() == 1) {
    ExprPtr only = std::move(list.children[0]);
    expr = std::move(only);
  }
}

void SimplifyCoalesce(ExprPtr& expr) {
  auto& list = static_cast<ListExpr&>(*expr);
  std::erase_if(list.children, [](const ExprPtr& child) { return IsNullConst(*child); });
  if (list.children.empty()) {
    expr = MakeConst(*expr, Datum::Null());
  } else if (IsConst(*list.children[0]) || list.children.size() == 1) {
    ExprPtr first = std::move(list.children[0]);
    expr = std::move(first);
  }
}

void SimplifyCase(ExprPtr& expr) {
  auto& choice = static_cast<CaseExpr&>(*expr);
  std::erase_if(choice.branches, [](const CaseExpr::Branch& branch) {
    return IsNullConst(*branch.condition) || IsBoolConst(*branch.condition, false);
  });
  for (size_t i = 0; i < choice.branches.size(); ++i) {
    if (!IsBoolConst(*choice.branches[i].condition, true)) continue;
    choice.otherwise = std::move(choice.branches[i].result);
    choice.branches.resize(i);
    break;
  }
  if (choice.branches.empty()) {
    ExprPtr rest = std::move(choice.otherwise);
    expr = std::move(rest);
  }
}

bool HasParameter(const Expr& expr) {
  if (expr.kind == ExprKind::kParam) return true;
  bool found = false;
  ForEachChild(expr, [&](const Expr& child) { found = found || HasParameter(child); });
  return found;
}

// A call is NULL for one NULL argument, but not before the others are computed as far as they are constants: a lifted
// literal is a parameter here.
bool IsStrictCallOnNull(const Expr& expr) {
  if (expr.kind != ExprKind::kFunction) return false;
  const auto& function = static_cast<const FunctionExpr&>(expr);
  if (!function.strict || function.volatility == 'v' || HasParameter(expr)) return false;
  return std::any_of(function.arguments.begin(), function.arguments.end(),
                     [](const ExprPtr& argument) { return IsNullConst(*argument); });
}

class Folder {
 public:
  explicit Folder(const functions::FunctionContext& context) { state_.functions = context; }

  void Fold(ExprPtr& expr) {
    if (expr->kind == ExprKind::kRowCompare) return FoldFields(*expr);
    const size_t failures_before = failures_;
    expr->VisitChildren([&](ExprPtr& child) { Fold(child); });
    if (failures_ == failures_before || !IsStrictCallOnNull(*expr)) Simplify(expr);
    if (IsConst(*expr) || !ChildrenAreConst(*expr) || !IsConstantFoldable(*expr)) return;
    Run(expr);
  }

 private:
  // The rows of a comparison stay rows.
  void FoldFields(Expr& comparison) {
    comparison.VisitChildren([&](ExprPtr& row) {
      row->VisitChildren([&](ExprPtr& field) { Fold(field); });
    });
  }

  static void Simplify(ExprPtr& expr) {
    switch (expr->kind) {
      case ExprKind::kBool:
        return SimplifyBool(expr);
      case ExprKind::kCoalesce:
        return SimplifyCoalesce(expr);
      case ExprKind::kCase:
        return SimplifyCase(expr);
      case ExprKind::kFunction:
        if (IsStrictCallOnNull(*expr)) expr = MakeConst(*expr, Datum::Null());
        return;
      default:
        return;
    }
  }

  void Run(ExprPtr& expr) {
    try {
      Evaluator evaluator(*expr, state_);
      expr = MakeConst(*expr, evaluator.EvaluateScalar());
    } catch (const SqlError&) {
      ++failures_;  // raised again at run time, if it is reached there
    }
  }

  EvaluationState state_;
  size_t failures_ = 0;
};

}  // namespace

void FoldConstants(ExprPtr& expr, const functions::FunctionContext& context) {
  if (expr != nullptr) Folder(context).Fold(expr);
}

void FoldConstants(ExprPtr& expr) {
  static const types::IoSettings kDefaults;
  functions::FunctionContext context;
  context.io = &kDefaults;
  FoldConstants(expr, context);
}

}  // namespace grizzly::expr
