#include "expr/constant_folding.h"

#include <algorithm>

#include "base/error/sql_error.h"
#include "expr/evaluator.h"
#include "facts/types.h"

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

// What planning would know and this planner does not: a parameter, which may be a lifted literal, and a literal that
// is read anew for each execution, since settings say what it means.
bool IsPending(const Expr& expr) {
  if (expr.kind == ExprKind::kParam) return true;
  if (expr.kind != ExprKind::kIoCast) return false;
  const auto& cast = static_cast<const ListExpr&>(expr);
  const Expr& text = *cast.children[0];
  return static_cast<CallSyntax>(cast.choice) == CallSyntax::kImplicitCast &&
         (IsConst(text) || text.kind == ExprKind::kParam);
}

bool HasPending(const Expr& expr) {
  if (IsPending(expr)) return true;
  bool found = false;
  ForEachChild(expr, [&](const Expr& child) { found = found || HasPending(child); });
  return found;
}

void SetPendingNull(ExprPtr& expr) {
  if (IsPending(*expr)) {
    expr = MakeConst(*expr, Datum::Null());
    return;
  }
  expr->VisitChildren(SetPendingNull);
}

// Whether a part of it that planning would compute has still to be computed: it may fail.
bool ComputesPending(const Expr& expr) {
  if (expr.kind == ExprKind::kParam || !HasPending(expr)) return false;
  if (IsFoldableOnceBound(expr)) return true;
  bool found = false;
  ForEachChild(expr, [&](const Expr& child) { found = found || ComputesPending(child); });
  return found;
}

// A call is NULL for one NULL argument, whatever else it is of, but not before the others are computed as far as they
// are constants.
bool IsStrictCallOnNull(const Expr& expr) {
  if (expr.kind != ExprKind::kFunction) return false;
  const auto& function = static_cast<const FunctionExpr&>(expr);
  if (!function.strict) return false;
  const auto is_null = [](const ExprPtr& argument) { return IsNullConst(*argument); };
  return std::any_of(function.arguments.begin(), function.arguments.end(), is_null) &&
         std::none_of(function.arguments.begin(), function.arguments.end(),
                      [](const ExprPtr& argument) { return ComputesPending(*argument); });
}

bool IsCutToPrecision(const FunctionExpr& function) {
  constexpr Oid kInterval = 1200, kTimestamp = 1961, kTimestamptz = 1967, kTime = 1968, kTimetz = 1969;
  constexpr Oid kCuts[] = {kInterval, kTimestamp, kTimestamptz, kTime, kTimetz};
  return std::find(std::begin(kCuts), std::end(kCuts), function.call->function) != std::end(kCuts);
}

int32_t PrecisionOf(const Expr& constant) {
  return static_cast<const ConstExpr&>(constant).value.As<int32_t>();
}

// CASE WHEN n IS NULL THEN NULL ELSE GREATEST(n, -1) END
ExprPtr AtLeastNone(ExprPtr precision) {
  const SqlType type = precision->type;
  auto is_null = std::make_unique<ListExpr>(ExprKind::kNullTest, types::BuiltinType(facts::kBoolOid),
                                            static_cast<uint8_t>(NullTestKind::kIsNull));
  is_null->children.push_back(precision->Clone());
  constexpr uint8_t kGreatest = 0;
  auto at_least = std::make_unique<ListExpr>(ExprKind::kGreatestLeast, type, kGreatest);
  at_least->children.push_back(std::move(precision));
  at_least->children.push_back(std::make_unique<ConstExpr>(type, Datum::Of(types::kNoTypmod)));
  auto choice = std::make_unique<CaseExpr>(type);
  choice->branches.push_back({std::move(is_null), std::make_unique<ConstExpr>(type, Datum::Null())});
  choice->otherwise = std::move(at_least);
  return choice;
}

// timestamp(x, n) and the like, written as calls: a precision that planning knows to be negative cuts nothing, unless
// x is known, too.
void AllowNegativePrecision(FunctionExpr& function) {
  if (function.call == nullptr || function.arguments.size() != 2 || !IsCutToPrecision(function)) return;
  ExprPtr& precision = function.arguments[1];
  const bool is_plain = IsConst(*precision) && (IsNullConst(*precision) || PrecisionOf(*precision) >= 0);
  if (is_plain || IsFoldableOnceBound(*function.arguments[0]) || !IsFoldableOnceBound(*precision)) {
    return;
  }
  precision = AtLeastNone(std::move(precision));
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
        if (IsStrictCallOnNull(*expr)) {
          expr = MakeConst(*expr, Datum::Null());
        } else {
          AllowNegativePrecision(static_cast<FunctionExpr&>(*expr));
        }
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

bool IsFoldableOnceBound(const Expr& expr) {
  ExprPtr bound = expr.Clone();
  SetPendingNull(bound);
  return IsConstantFoldable(*bound);
}

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
