// Structural equality and hash of expressions. Locations do not count; names neither.
#include <algorithm>
#include <cstring>

#include "expr/expr.h"

namespace grizzly::expr {
namespace {

bool SameOrNull(const ExprPtr& a, const ExprPtr& b) {
  if (a == nullptr || b == nullptr) return a == b;
  return Equals(*a, *b);
}

bool SameList(const std::vector<ExprPtr>& a, const std::vector<ExprPtr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), SameOrNull);
}

bool SameKeys(const std::vector<SortKey>& a, const std::vector<SortKey>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const SortKey& x, const SortKey& y) {
    return x.descending == y.descending && x.nulls_first == y.nulls_first &&
           x.operator_oid == y.operator_oid && SameOrNull(x.expression, y.expression);
  });
}

using CallPointer = std::shared_ptr<const functions::CallSite>;

bool SameCall(const CallPointer& a, const CallPointer& b) {
  if (a == b) return true;
  if (a == nullptr || b == nullptr) return false;
  return a->function == b->function && a->result_type == b->result_type &&
         a->collation == b->collation && a->variadic_array == b->variadic_array;
}

bool SameComparisons(const std::vector<ComparisonExpr::Comparison>& a,
                     const std::vector<ComparisonExpr::Comparison>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ComparisonExpr::Comparison& x, const ComparisonExpr::Comparison& y) {
                      return SameCall(x.call, y.call);
                    });
}

bool SameDatum(const SqlType& type, const Datum& a, const Datum& b) {
  if (a.is_null() || b.is_null()) return a.is_null() == b.is_null();
  if (type.physical == types::PhysicalType::kString) return a.AsString() == b.AsString();
  return std::memcmp(a.payload(), b.payload(), types::PhysicalWidth(type.physical)) == 0;
}

bool SameWrap(const WrapExpr& a, const WrapExpr& b) {
  if (a.field != b.field || a.checks.size() != b.checks.size()) return false;
  for (size_t i = 0; i < a.checks.size(); ++i) {
    if (a.checks[i].constraint_name != b.checks[i].constraint_name ||
        !SameOrNull(a.checks[i].condition, b.checks[i].condition)) {
      return false;
    }
  }
  return SameOrNull(a.child, b.child) && SameOrNull(a.element, b.element);
}

bool SameCase(const CaseExpr& a, const CaseExpr& b) {
  return std::equal(a.branches.begin(), a.branches.end(), b.branches.begin(), b.branches.end(),
                    [](const CaseExpr::Branch& x, const CaseExpr::Branch& y) {
                      return SameOrNull(x.condition, y.condition) && SameOrNull(x.result, y.result);
                    }) &&
         SameOrNull(a.otherwise, b.otherwise);
}

bool SameSubscript(const SubscriptExpr& a, const SubscriptExpr& b) {
  return std::equal(a.indexes.begin(), a.indexes.end(), b.indexes.begin(), b.indexes.end(),
                    [](const SubscriptExpr::Index& x, const SubscriptExpr::Index& y) {
                      return x.is_slice == y.is_slice && SameOrNull(x.lower, y.lower) &&
                             SameOrNull(x.upper, y.upper);
                    }) &&
         SameOrNull(a.container, b.container) && SameOrNull(a.assigned, b.assigned);
}

bool SameAggregate(const AggregateExpr& a, const AggregateExpr& b) {
  return SameCall(a.call, b.call) && a.distinct == b.distinct && a.star == b.star &&
         SameList(a.arguments, b.arguments) && SameList(a.direct_arguments, b.direct_arguments) &&
         SameKeys(a.order_by, b.order_by) && SameOrNull(a.filter, b.filter);
}

bool SameWindow(const WindowExpr& a, const WindowExpr& b) {
  return SameCall(a.call, b.call) && a.star == b.star && a.mode == b.mode && a.start == b.start &&
         a.end == b.end && a.exclusion == b.exclusion && SameList(a.arguments, b.arguments) &&
         SameList(a.partition_by, b.partition_by) && SameKeys(a.order_by, b.order_by) &&
         SameOrNull(a.filter, b.filter) && SameOrNull(a.start_offset, b.start_offset) &&
         SameOrNull(a.end_offset, b.end_offset);
}

template <typename T>
const T& As(const Expr& expr) {
  return static_cast<const T&>(expr);
}

bool SameNode(const Expr& a, const Expr& b) {
  switch (a.kind) {
    case ExprKind::kConst:
      return SameDatum(a.type, As<ConstExpr>(a).value, As<ConstExpr>(b).value);
    case ExprKind::kParam:
      return As<ParamExpr>(a).index == As<ParamExpr>(b).index;
    case ExprKind::kColumn:
      return As<ColumnExpr>(a).id == As<ColumnExpr>(b).id;
    case ExprKind::kInput:
      return As<InputExpr>(a).index == As<InputExpr>(b).index;
    case ExprKind::kOuter:
      return As<OuterExpr>(a).cell == As<OuterExpr>(b).cell;
    case ExprKind::kFunction:
      return SameCall(As<FunctionExpr>(a).call, As<FunctionExpr>(b).call) &&
             As<FunctionExpr>(a).implementation == As<FunctionExpr>(b).implementation &&
             SameList(As<FunctionExpr>(a).arguments, As<FunctionExpr>(b).arguments);
    case ExprKind::kCase:
      return SameCase(As<CaseExpr>(a), As<CaseExpr>(b));
    case ExprKind::kNullIf:
    case ExprKind::kDistinct:
    case ExprKind::kScalarArray:
    case ExprKind::kInList:
    case ExprKind::kRowCompare: {
      const auto& x = As<ComparisonExpr>(a);
      const auto& y = As<ComparisonExpr>(b);
      return x.negated == y.negated && x.all == y.all && x.row_operation == y.row_operation &&
             SameComparisons(x.comparisons, y.comparisons) && SameOrNull(x.left, y.left) &&
             SameOrNull(x.right, y.right);
    }
    case ExprKind::kField:
    case ExprKind::kArrayCast:
    case ExprKind::kDomainCast:
      return SameWrap(As<WrapExpr>(a), As<WrapExpr>(b));
    case ExprKind::kSubscript:
      return SameSubscript(As<SubscriptExpr>(a), As<SubscriptExpr>(b));
    case ExprKind::kAggregate:
      return SameAggregate(As<AggregateExpr>(a), As<AggregateExpr>(b));
    case ExprKind::kWindow:
      return SameWindow(As<WindowExpr>(a), As<WindowExpr>(b));
    case ExprKind::kSubquery:
    case ExprKind::kSubplan:
      return false;  // Equal only as one object; bodies are opaque here.
    case ExprKind::kSetFunction:
      return SameCall(As<SetFunctionExpr>(a).call, As<SetFunctionExpr>(b).call) &&
             SameList(As<SetFunctionExpr>(a).arguments, As<SetFunctionExpr>(b).arguments);
    default:
      return As<ListExpr>(a).choice == As<ListExpr>(b).choice &&
             SameList(As<ListExpr>(a).children, As<ListExpr>(b).children);
  }
}

size_t Mix(size_t seed, size_t value) {
  return seed ^ (value + 0x9e3779b97f4a7c15ull + (seed << 6) + (seed >> 2));
}

size_t HashDatum(const SqlType& type, const Datum& value) {
  if (value.is_null()) return 0;
  if (type.physical == types::PhysicalType::kString) {
    return std::hash<std::string_view>()(value.AsString());
  }
  return std::hash<std::string_view>()(
      {static_cast<const char*>(value.payload()), types::PhysicalWidth(type.physical)});
}

size_t HashNode(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kConst:
      return HashDatum(expr.type, As<ConstExpr>(expr).value);
    case ExprKind::kParam:
      return static_cast<size_t>(As<ParamExpr>(expr).index);
    case ExprKind::kColumn:
      return As<ColumnExpr>(expr).id;
    case ExprKind::kInput:
      return As<InputExpr>(expr).index;
    case ExprKind::kOuter:
      return As<OuterExpr>(expr).cell;
    case ExprKind::kFunction:
      return As<FunctionExpr>(expr).call == nullptr ? 0 : As<FunctionExpr>(expr).call->function;
    case ExprKind::kAggregate:
      return As<AggregateExpr>(expr).call == nullptr ? 0 : As<AggregateExpr>(expr).call->function;
    default:
      return 0;
  }
}

}  // namespace

bool Equals(const Expr& a, const Expr& b) {
  if (&a == &b) return true;
  return a.kind == b.kind && a.type == b.type && SameNode(a, b);
}

size_t Hash(const Expr& expr) {
  size_t hash = Mix(static_cast<size_t>(expr.kind), expr.type.oid);
  hash = Mix(hash, HashNode(expr));
  ForEachChild(expr, [&](const Expr& child) { hash = Mix(hash, Hash(child)); });
  return hash;
}

}  // namespace grizzly::expr
