// Expressions as text, for EXPLAIN (bound) and golden files. Not SQL: columns appear as #id.
#include <fmt/format.h>

#include "expr/expr.h"
#include "facts/operators.h"
#include "facts/procs.h"
#include "facts/types.h"

namespace grizzly::expr {
namespace {

template <typename T>
const T& As(const Expr& expr) {
  return static_cast<const T&>(expr);
}

std::string TypeName(const SqlType& type) {
  const facts::TypeFact* fact = facts::FindType(type.oid);
  return fact == nullptr ? fmt::format("type {}", type.oid) : std::string(fact->typname);
}

std::string ProcName(Oid function) {
  const facts::ProcFact* proc = facts::FindProc(function);
  return proc == nullptr ? fmt::format("function {}", function) : std::string(proc->proname);
}

std::string Joined(const std::vector<ExprPtr>& list, std::string_view separator = ", ") {
  std::string text;
  for (const ExprPtr& expr : list) {
    if (!text.empty()) text += separator;
    text += expr == nullptr ? "<none>" : ToString(*expr);
  }
  return text;
}

std::string ConstText(const ConstExpr& constant) {
  if (constant.value.is_null()) return "NULL";
  const Datum& value = constant.value;
  if (constant.type.oid == facts::kBoolOid) return value.AsBool() ? "true" : "false";
  if (constant.type.oid == facts::kInt4Oid) return std::to_string(value.As<int32_t>());
  const types::TypeIo* io = types::BuiltinTypeIo(constant.type.oid);
  if (io == nullptr) return fmt::format("<{}>", TypeName(constant.type));
  std::string text;
  io->Output(value, types::IoSettings(), text);
  return fmt::format("'{}'::{}", text, TypeName(constant.type));
}

std::string FunctionText(const FunctionExpr& function) {
  if (function.operator_oid != kInvalidOid) {
    const facts::OperatorFact* op = facts::FindOperator(function.operator_oid);
    const std::string name = op == nullptr ? "?" : std::string(op->oprname);
    if (function.arguments.size() == 1) return name + ToString(*function.arguments[0]);
    return fmt::format("({})", Joined(function.arguments, " " + name + " "));
  }
  const Oid oid = function.call == nullptr ? kInvalidOid : function.call->function;
  return fmt::format("{}({})", ProcName(oid), Joined(function.arguments));
}

std::string KeysText(const std::vector<SortKey>& keys) {
  std::string text;
  for (const SortKey& key : keys) {
    if (!text.empty()) text += ", ";
    text += ToString(*key.expression);
    if (key.descending) text += " desc";
    if (key.nulls_first != key.descending) text += key.nulls_first ? " nulls first" : " nulls last";
  }
  return text;
}

std::string AggregateText(const AggregateExpr& aggregate) {
  std::string text = aggregate.name + "(";
  if (aggregate.distinct) text += "distinct ";
  text += aggregate.star ? "*" : Joined(aggregate.arguments);
  if (!aggregate.direct_arguments.empty()) text += Joined(aggregate.direct_arguments);
  if (!aggregate.order_by.empty()) text += " order by " + KeysText(aggregate.order_by);
  text += ")";
  if (aggregate.filter != nullptr) text += " filter " + ToString(*aggregate.filter);
  return text;
}

std::string BoundText(FrameBound bound, const ExprPtr& offset) {
  const std::string distance = offset == nullptr ? "" : ToString(*offset) + " ";
  switch (bound) {
    case FrameBound::kUnboundedPreceding: return "unbounded preceding";
    case FrameBound::kPreceding: return distance + "preceding";
    case FrameBound::kCurrentRow: return "current row";
    case FrameBound::kFollowing: return distance + "following";
    case FrameBound::kUnboundedFollowing: return "unbounded following";
  }
  return "";
}

std::string WindowText(const WindowExpr& window) {
  constexpr const char* kModes[] = {"range", "rows", "groups"};
  constexpr const char* kExclusions[] = {"", " exclude current row", " exclude group",
                                         " exclude ties"};
  std::string text = fmt::format("{}({})", window.name,
                                 window.star ? "*" : Joined(window.arguments));
  if (window.filter != nullptr) text += " filter " + ToString(*window.filter);
  text += " over (";
  if (!window.partition_by.empty()) text += "partition by " + Joined(window.partition_by) + " ";
  if (!window.order_by.empty()) text += "order by " + KeysText(window.order_by) + " ";
  text += fmt::format("{} between {} and {}{})", kModes[static_cast<int>(window.mode)],
                      BoundText(window.start, window.start_offset),
                      BoundText(window.end, window.end_offset),
                      kExclusions[static_cast<int>(window.exclusion)]);
  return text;
}

std::string CaseText(const CaseExpr& expr) {
  std::string text = "case";
  for (const CaseExpr::Branch& branch : expr.branches) {
    text += fmt::format(" when {} then {}", ToString(*branch.condition), ToString(*branch.result));
  }
  return text + fmt::format(" else {} end", ToString(*expr.otherwise));
}

std::string ComparisonName(const ComparisonExpr& expr) {
  if (expr.comparisons.empty()) return "?";
  const facts::OperatorFact* op = facts::FindOperator(expr.comparisons[0].operator_oid);
  return op == nullptr ? "?" : std::string(op->oprname);
}

std::string ComparisonText(const ComparisonExpr& expr) {
  constexpr const char* kRowOperations[] = {"<", "<=", "=", ">=", ">", "<>"};
  const std::string left = ToString(*expr.left);
  const std::string right = ToString(*expr.right);
  switch (expr.kind) {
    case ExprKind::kNullIf:
      return fmt::format("nullif({}, {})", left, right);
    case ExprKind::kDistinct:
      return fmt::format("({} is {}distinct from {})", left, expr.negated ? "not " : "", right);
    case ExprKind::kRowCompare:
      return fmt::format("({} {} {})", left, kRowOperations[expr.row_operation], right);
    default:
      return fmt::format("({} {} {} {})", left, ComparisonName(expr), expr.all ? "all" : "any",
                         right);
  }
}

std::string SubscriptText(const SubscriptExpr& expr) {
  std::string text = ToString(*expr.container);
  for (const SubscriptExpr::Index& index : expr.indexes) {
    text += "[";
    if (index.is_slice) text += (index.lower == nullptr ? "" : ToString(*index.lower)) + ":";
    if (index.upper != nullptr) text += ToString(*index.upper);
    text += "]";
  }
  if (expr.assigned != nullptr) text += " := " + ToString(*expr.assigned);
  return text;
}

std::string ListText(const ListExpr& expr) {
  constexpr const char* kBooleanTests[] = {"is true",      "is not true", "is false",
                                           "is not false", "is unknown",  "is not unknown"};
  switch (expr.kind) {
    case ExprKind::kBool:
      if (static_cast<BoolOperation>(expr.choice) == BoolOperation::kNot) {
        return "(not " + Joined(expr.children) + ")";
      }
      return fmt::format("({})", Joined(expr.children, expr.choice == 0 ? " and " : " or "));
    case ExprKind::kCoalesce:
      return fmt::format("coalesce({})", Joined(expr.children));
    case ExprKind::kGreatestLeast:
      return fmt::format("{}({})", expr.choice == 0 ? "greatest" : "least", Joined(expr.children));
    case ExprKind::kNullTest:
      return fmt::format("({} is {}null)", Joined(expr.children), (expr.choice & 1) == 0 ? "" : "not ");
    case ExprKind::kBooleanTest:
      return fmt::format("({} {})", Joined(expr.children), kBooleanTests[expr.choice]);
    case ExprKind::kArray:
      return fmt::format("array[{}]", Joined(expr.children));
    case ExprKind::kRow:
      return fmt::format("row({})", Joined(expr.children));
    case ExprKind::kGrouping:
      return fmt::format("grouping({})", Joined(expr.children));
    case ExprKind::kRelabel:
    case ExprKind::kIoCast:
      return fmt::format("{}::{}", Joined(expr.children), TypeName(expr.type));
    default:
      return "default";
  }
}

constexpr std::string_view SubqueryName(SubqueryKind kind) {
  constexpr std::string_view kNames[] = {"scalar", "exists", "any", "all", "array"};
  return kNames[static_cast<int>(kind)];
}

}  // namespace

std::string ToString(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kConst:
      return ConstText(As<ConstExpr>(expr));
    case ExprKind::kParam:
      return fmt::format("${}", As<ParamExpr>(expr).index + 1);
    case ExprKind::kColumn:
      return fmt::format("#{}", As<ColumnExpr>(expr).id);
    case ExprKind::kInput:
      return fmt::format("@{}", As<InputExpr>(expr).index);
    case ExprKind::kOuter:
      return fmt::format("outer {}", As<OuterExpr>(expr).cell);
    case ExprKind::kFunction:
      return FunctionText(As<FunctionExpr>(expr));
    case ExprKind::kCase:
      return CaseText(As<CaseExpr>(expr));
    case ExprKind::kNullIf:
    case ExprKind::kDistinct:
    case ExprKind::kScalarArray:
    case ExprKind::kInList:
    case ExprKind::kRowCompare:
      return ComparisonText(As<ComparisonExpr>(expr));
    case ExprKind::kField:
      return fmt::format("({}).{}", ToString(*As<WrapExpr>(expr).child), As<WrapExpr>(expr).field);
    case ExprKind::kArrayCast:
    case ExprKind::kDomainCast:
      return fmt::format("{}::{}", ToString(*As<WrapExpr>(expr).child), TypeName(expr.type));
    case ExprKind::kSubscript:
      return SubscriptText(As<SubscriptExpr>(expr));
    case ExprKind::kAggregate:
      return AggregateText(As<AggregateExpr>(expr));
    case ExprKind::kWindow:
      return WindowText(As<WindowExpr>(expr));
    case ExprKind::kSubquery:
      return fmt::format("subquery {}({})", SubqueryName(As<SubqueryExpr>(expr).subquery_kind),
                         Joined(As<SubqueryExpr>(expr).left));
    case ExprKind::kSubplan:
      return fmt::format("subplan {} {}({})", As<SubplanExpr>(expr).subplan,
                         SubqueryName(As<SubplanExpr>(expr).subquery_kind),
                         Joined(As<SubplanExpr>(expr).left));
    case ExprKind::kSetFunction:
      return fmt::format("{}({})", As<SetFunctionExpr>(expr).name,
                         Joined(As<SetFunctionExpr>(expr).arguments));
    default:
      return ListText(As<ListExpr>(expr));
  }
}

}  // namespace grizzly::expr
