#include "expr/expr.h"

#include <algorithm>
#include <set>

#include "facts/procs.h"
#include "facts/types.h"

namespace grizzly::expr {
namespace {

ExprPtr CloneOrNull(const ExprPtr& expr) { return expr == nullptr ? nullptr : expr->Clone(); }

std::vector<ExprPtr> CloneAll(const std::vector<ExprPtr>& list) {
  std::vector<ExprPtr> copies;
  copies.reserve(list.size());
  for (const ExprPtr& expr : list) copies.push_back(CloneOrNull(expr));
  return copies;
}

std::vector<SortKey> CloneAll(const std::vector<SortKey>& keys) {
  std::vector<SortKey> copies;
  copies.reserve(keys.size());
  for (const SortKey& key : keys) {
    copies.push_back(
        {CloneOrNull(key.expression), key.descending, key.nulls_first, key.operator_oid});
  }
  return copies;
}

using Visitor = std::function<void(ExprPtr&)>;

void VisitOne(ExprPtr& expr, const Visitor& visit) {
  if (expr != nullptr) visit(expr);
}
void VisitAll(std::vector<ExprPtr>& list, const Visitor& visit) {
  for (ExprPtr& expr : list) VisitOne(expr, visit);
}
void VisitAll(std::vector<SortKey>& keys, const Visitor& visit) {
  for (SortKey& key : keys) VisitOne(key.expression, visit);
}

}  // namespace

// ---- copies and children ----

ConstExpr::ConstExpr(SqlType t, const Datum& v) : Expr(ExprKind::kConst, t), value(v) {
  if (!v.is_null() && t.physical == types::PhysicalType::kString) {
    storage = std::string(v.AsString());
    value = Datum::Of(types::StringRef(storage));
  }
}
ConstExpr::ConstExpr(const ConstExpr& other)
    : Expr(other), value(other.value), storage(other.storage) {
  if (!value.is_null() && type.physical == types::PhysicalType::kString) {
    value = Datum::Of(types::StringRef(storage));
  }
}
ExprPtr ConstExpr::Clone() const { return std::make_unique<ConstExpr>(*this); }

FunctionExpr::FunctionExpr(const FunctionExpr& other)
    : Expr(other),
      call(other.call),
      implementation(other.implementation),
      strict(other.strict),
      volatility(other.volatility),
      operator_oid(other.operator_oid),
      syntax(other.syntax),
      arguments(CloneAll(other.arguments)) {}
void FunctionExpr::VisitChildren(const Visitor& visit) { VisitAll(arguments, visit); }

ListExpr::ListExpr(const ListExpr& other)
    : Expr(other),
      choice(other.choice),
      children(CloneAll(other.children)),
      names(other.names),
      from_io(other.from_io),
      to_io(other.to_io) {}
void ListExpr::VisitChildren(const Visitor& visit) { VisitAll(children, visit); }

CaseExpr::CaseExpr(const CaseExpr& other) : Expr(other), otherwise(CloneOrNull(other.otherwise)) {
  branches.reserve(other.branches.size());
  for (const Branch& branch : other.branches) {
    branches.push_back({CloneOrNull(branch.condition), CloneOrNull(branch.result)});
  }
}
void CaseExpr::VisitChildren(const Visitor& visit) {
  for (Branch& branch : branches) {
    VisitOne(branch.condition, visit);
    VisitOne(branch.result, visit);
  }
  VisitOne(otherwise, visit);
}

ComparisonExpr::ComparisonExpr(const ComparisonExpr& other)
    : Expr(other),
      comparisons(other.comparisons),
      left(CloneOrNull(other.left)),
      right(CloneOrNull(other.right)),
      negated(other.negated),
      all(other.all),
      row_operation(other.row_operation) {}
void ComparisonExpr::VisitChildren(const Visitor& visit) {
  VisitOne(left, visit);
  VisitOne(right, visit);
}

WrapExpr::WrapExpr(const WrapExpr& other)
    : Expr(other),
      child(CloneOrNull(other.child)),
      field(other.field),
      domain_name(other.domain_name),
      element(CloneOrNull(other.element)) {
  checks.reserve(other.checks.size());
  for (const Check& check : other.checks) {
    checks.push_back({check.constraint_name, CloneOrNull(check.condition)});
  }
}
// The checks and the element cast see their own one-column input, not this row: no children.
void WrapExpr::VisitChildren(const Visitor& visit) { VisitOne(child, visit); }

SubscriptExpr::SubscriptExpr(const SubscriptExpr& other)
    : Expr(other), container(CloneOrNull(other.container)), assigned(CloneOrNull(other.assigned)) {
  indexes.reserve(other.indexes.size());
  for (const Index& index : other.indexes) {
    indexes.push_back({index.is_slice, CloneOrNull(index.lower), CloneOrNull(index.upper)});
  }
}
void SubscriptExpr::VisitChildren(const Visitor& visit) {
  VisitOne(container, visit);
  for (Index& index : indexes) {
    VisitOne(index.lower, visit);
    VisitOne(index.upper, visit);
  }
  VisitOne(assigned, visit);
}

AggregateExpr::AggregateExpr(const AggregateExpr& other)
    : Expr(other),
      call(other.call),
      function(other.function),
      name(other.name),
      distinct(other.distinct),
      star(other.star),
      arguments(CloneAll(other.arguments)),
      direct_arguments(CloneAll(other.direct_arguments)),
      order_by(CloneAll(other.order_by)),
      filter(CloneOrNull(other.filter)) {}
void AggregateExpr::VisitChildren(const Visitor& visit) {
  VisitAll(arguments, visit);
  VisitAll(direct_arguments, visit);
  VisitAll(order_by, visit);
  VisitOne(filter, visit);
}

WindowExpr::WindowExpr(const WindowExpr& other)
    : Expr(other),
      call(other.call),
      aggregate(other.aggregate),
      window(other.window),
      name(other.name),
      star(other.star),
      arguments(CloneAll(other.arguments)),
      filter(CloneOrNull(other.filter)),
      partition_by(CloneAll(other.partition_by)),
      order_by(CloneAll(other.order_by)),
      mode(other.mode),
      start(other.start),
      end(other.end),
      exclusion(other.exclusion),
      start_offset(CloneOrNull(other.start_offset)),
      end_offset(CloneOrNull(other.end_offset)) {}
void WindowExpr::VisitChildren(const Visitor& visit) {
  VisitAll(arguments, visit);
  VisitOne(filter, visit);
  VisitAll(partition_by, visit);
  VisitAll(order_by, visit);
  VisitOne(start_offset, visit);
  VisitOne(end_offset, visit);
}

SubqueryExpr::SubqueryExpr(const SubqueryExpr& other)
    : Expr(other),
      subquery_kind(other.subquery_kind),
      body(other.body == nullptr ? nullptr : other.body->Clone()),
      left(CloneAll(other.left)),
      comparisons(other.comparisons),
      body_columns(other.body_columns) {}
void SubqueryExpr::VisitChildren(const Visitor& visit) { VisitAll(left, visit); }

SubplanExpr::SubplanExpr(const SubplanExpr& other)
    : Expr(other),
      subquery_kind(other.subquery_kind),
      subplan(other.subplan),
      cells(other.cells),
      arguments(CloneAll(other.arguments)),
      left(CloneAll(other.left)),
      comparisons(other.comparisons),
      hashed(other.hashed) {}
void SubplanExpr::VisitChildren(const Visitor& visit) {
  VisitAll(arguments, visit);
  VisitAll(left, visit);
}

SetFunctionExpr::SetFunctionExpr(const SetFunctionExpr& other)
    : Expr(other),
      call(other.call),
      function(other.function),
      name(other.name),
      column_types(other.column_types),
      arguments(CloneAll(other.arguments)) {}
void SetFunctionExpr::VisitChildren(const Visitor& visit) { VisitAll(arguments, visit); }

// ---- walks ----

void ForEachChild(const Expr& expr, const std::function<void(const Expr&)>& visit) {
  // VisitChildren only moves what its visitor moves, and this one only looks.
  const_cast<Expr&>(expr).VisitChildren([&](ExprPtr& child) { visit(*child); });
}

void RewriteTree(ExprPtr& root, const std::function<void(ExprPtr&)>& rewrite) {
  if (root == nullptr) return;
  root->VisitChildren([&](ExprPtr& child) { RewriteTree(child, rewrite); });
  rewrite(root);
}

namespace {

void CollectColumns(const Expr& expr, std::set<ColumnId>& found) {
  if (expr.kind == ExprKind::kColumn) found.insert(static_cast<const ColumnExpr&>(expr).id);
  if (expr.kind == ExprKind::kSubquery) {
    const auto& subquery = static_cast<const SubqueryExpr&>(expr);
    if (subquery.body != nullptr) {
      for (ColumnId id : subquery.body->OuterColumns()) found.insert(id);
    }
  }
  ForEachChild(expr, [&](const Expr& child) { CollectColumns(child, found); });
}

char ProcVolatility(Oid function) {
  const facts::ProcFact* proc = facts::FindProc(function);
  return proc == nullptr ? 'v' : proc->provolatile;
}

// The volatility of this node alone.
char NodeVolatility(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kFunction:
      return static_cast<const FunctionExpr&>(expr).volatility;
    case ExprKind::kSetFunction: {
      const auto& set = static_cast<const SetFunctionExpr&>(expr);
      return set.call == nullptr ? 'v' : ProcVolatility(set.call->function);
    }
    case ExprKind::kIoCast:
      return IoCastVolatility(static_cast<const ListExpr&>(expr));
    case ExprKind::kSubquery: {
      const auto& subquery = static_cast<const SubqueryExpr&>(expr);
      return subquery.body != nullptr && subquery.body->IsVolatile() ? 'v' : 's';
    }
    case ExprKind::kSubplan:
    case ExprKind::kDomainCast:
      return 's';
    case ExprKind::kArrayCast: {
      const auto& cast = static_cast<const WrapExpr&>(expr);
      if (cast.element == nullptr) return 'i';
      if (IsVolatile(*cast.element)) return 'v';
      return 's';
    }
    default:
      return 'i';
  }
}

bool DependsOnSurroundings(ExprKind kind) {
  switch (kind) {
    case ExprKind::kParam:
    case ExprKind::kColumn:
    case ExprKind::kInput:
    case ExprKind::kOuter:
    case ExprKind::kAggregate:
    case ExprKind::kWindow:
    case ExprKind::kGrouping:
    case ExprKind::kSubquery:
    case ExprKind::kSubplan:
    case ExprKind::kSetFunction:
    case ExprKind::kDefault:
      return true;
    default:
      return false;
  }
}

}  // namespace

char IoCastVolatility(const ListExpr& cast) {
  const facts::TypeFact* from =
      cast.children.empty() ? nullptr : facts::FindType(cast.children[0]->type.oid);
  const facts::TypeFact* to = facts::FindType(cast.type.oid);
  if (from == nullptr || to == nullptr) return 's';
  return std::max(ProcVolatility(from->typoutput), ProcVolatility(to->typinput));
}

std::vector<ColumnId> FreeColumns(const Expr& expr) {
  std::set<ColumnId> found;
  CollectColumns(expr, found);
  return {found.begin(), found.end()};
}

bool IsVolatile(const Expr& expr) {
  if (NodeVolatility(expr) == 'v') return true;
  bool found = false;
  ForEachChild(expr, [&](const Expr& child) { found = found || IsVolatile(child); });
  return found;
}

bool IsConstantFoldable(const Expr& expr) {
  if (DependsOnSurroundings(expr.kind) || NodeVolatility(expr) != 'i') return false;
  bool foldable = true;
  ForEachChild(expr, [&](const Expr& child) { foldable = foldable && IsConstantFoldable(child); });
  return foldable;
}

ParamExpr::ParamExpr(SqlType type, int param_index) : Expr(ExprKind::kParam, type), index(param_index) {}
ParamExpr::~ParamExpr() = default;
ExprPtr ParamExpr::Clone() const { return std::make_unique<ParamExpr>(*this); }
ColumnExpr::ColumnExpr(SqlType type, ColumnId column) : Expr(ExprKind::kColumn, type), id(column) {}
ColumnExpr::~ColumnExpr() = default;
ExprPtr ColumnExpr::Clone() const { return std::make_unique<ColumnExpr>(*this); }
InputExpr::InputExpr(SqlType type, uint32_t i) : Expr(ExprKind::kInput, type), index(i) {}
InputExpr::~InputExpr() = default;
ExprPtr InputExpr::Clone() const { return std::make_unique<InputExpr>(*this); }
OuterExpr::OuterExpr(SqlType type, uint32_t cell_index) : Expr(ExprKind::kOuter, type), cell(cell_index) {}
OuterExpr::~OuterExpr() = default;
ExprPtr OuterExpr::Clone() const { return std::make_unique<OuterExpr>(*this); }
FunctionExpr::FunctionExpr(SqlType type) : Expr(ExprKind::kFunction, type) {}
FunctionExpr::~FunctionExpr() = default;
ExprPtr FunctionExpr::Clone() const { return std::make_unique<FunctionExpr>(*this); }
ListExpr::ListExpr(ExprKind k, SqlType t, uint8_t c) : Expr(k, t), choice(c) {}
ListExpr::~ListExpr() = default;
ExprPtr ListExpr::Clone() const { return std::make_unique<ListExpr>(*this); }
CaseExpr::CaseExpr(SqlType type) : Expr(ExprKind::kCase, type) {}
CaseExpr::~CaseExpr() = default;
ExprPtr CaseExpr::Clone() const { return std::make_unique<CaseExpr>(*this); }
ComparisonExpr::ComparisonExpr(ExprKind k, SqlType t) : Expr(k, t) {}
ComparisonExpr::~ComparisonExpr() = default;
ExprPtr ComparisonExpr::Clone() const { return std::make_unique<ComparisonExpr>(*this); }
WrapExpr::WrapExpr(ExprKind k, SqlType t) : Expr(k, t) {}
WrapExpr::~WrapExpr() = default;
ExprPtr WrapExpr::Clone() const { return std::make_unique<WrapExpr>(*this); }
SubscriptExpr::SubscriptExpr(SqlType type) : Expr(ExprKind::kSubscript, type) {}
SubscriptExpr::~SubscriptExpr() = default;
ExprPtr SubscriptExpr::Clone() const { return std::make_unique<SubscriptExpr>(*this); }
AggregateExpr::AggregateExpr(SqlType type) : Expr(ExprKind::kAggregate, type) {}
AggregateExpr::~AggregateExpr() = default;
ExprPtr AggregateExpr::Clone() const { return std::make_unique<AggregateExpr>(*this); }
WindowExpr::WindowExpr(SqlType type) : Expr(ExprKind::kWindow, type) {}
WindowExpr::~WindowExpr() = default;
ExprPtr WindowExpr::Clone() const { return std::make_unique<WindowExpr>(*this); }
SubqueryExpr::SubqueryExpr(SqlType type) : Expr(ExprKind::kSubquery, type) {}
SubqueryExpr::~SubqueryExpr() = default;
ExprPtr SubqueryExpr::Clone() const { return std::make_unique<SubqueryExpr>(*this); }
SubplanExpr::SubplanExpr(SqlType type) : Expr(ExprKind::kSubplan, type) {}
SubplanExpr::~SubplanExpr() = default;
ExprPtr SubplanExpr::Clone() const { return std::make_unique<SubplanExpr>(*this); }
SetFunctionExpr::SetFunctionExpr(SqlType type) : Expr(ExprKind::kSetFunction, type) {}
SetFunctionExpr::~SetFunctionExpr() = default;
ExprPtr SetFunctionExpr::Clone() const { return std::make_unique<SetFunctionExpr>(*this); }

}  // namespace grizzly::expr
