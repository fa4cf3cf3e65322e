// SQL-language built-ins: their bodies take the place of the call.
#include <fmt/format.h>

#include "planner/binder/inline_function.h"
#include "planner/binder/query_binder.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

// "RETURN x", "BEGIN ATOMIC ...; END" and old-style "select ..." bodies as one SELECT.
std::string BodyAsSelect(const facts::ProcFact& function) {
  std::string_view body = function.prosqlbody;
  if (body.data() == nullptr || body.empty()) return std::string(function.prosrc);
  constexpr std::string_view kReturn = "RETURN ";
  if (body.starts_with(kReturn)) return fmt::format("SELECT {}", body.substr(kReturn.size()));
  constexpr std::string_view kBegin = "BEGIN ATOMIC";
  constexpr std::string_view kEnd = "END";
  if (!body.starts_with(kBegin) || !body.ends_with(kEnd)) return "";
  return std::string(body.substr(kBegin.size(), body.size() - kBegin.size() - kEnd.size()));
}

bool MayBeNull(const expr::Expr& expression) {
  return expression.kind != ExprKind::kConst ||
         static_cast<const expr::ConstExpr&>(expression).value.is_null();
}

// Whether the body's own calls make it NULL for a NULL argument.
bool IsStrictIn(const expr::Expr& body, const expr::Expr& argument) {
  if (expr::Equals(body, argument)) return true;
  if (body.kind != ExprKind::kFunction || !static_cast<const expr::FunctionExpr&>(body).strict) {
    return false;
  }
  bool found = false;
  expr::ForEachChild(body, [&](const expr::Expr& child) {
    found = found || IsStrictIn(child, argument);
  });
  return found;
}

// A strict function is NULL for a NULL argument, whatever its body says.
ExprPtr GuardStrict(BindState& state, const std::vector<ExprPtr>& arguments, ExprPtr value) {
  std::vector<ExprPtr> tests;
  for (const ExprPtr& argument : arguments) {
    if (!MayBeNull(*argument) || IsStrictIn(*value, *argument)) continue;
    auto test = std::make_unique<expr::ListExpr>(
        ExprKind::kNullTest, state.types().Make(facts::kBoolOid),
        static_cast<uint8_t>(expr::NullTestKind::kIsNull));
    test->children.push_back(argument->Clone());
    tests.push_back(std::move(test));
  }
  if (tests.empty()) return value;
  auto guard = std::make_unique<expr::CaseExpr>(value->type);
  ExprPtr null = std::make_unique<expr::ConstExpr>(value->type, types::Datum::Null());
  guard->branches.push_back(
      {MakeBoolOperation(expr::BoolOperation::kOr, std::move(tests)), std::move(null)});
  guard->otherwise = std::move(value);
  return guard;
}

}  // namespace

bool IsInlined(const facts::ProcFact& function) {
  return function.prolang == facts::kSqlLanguageOid &&
         functions::BuiltinRegistry().Find(function.oid) == nullptr;
}

ExprPtr InlineFunction(BindState& state, const facts::ProcFact& function, const SqlType& result,
                       const std::vector<ExprPtr>& arguments, int location) {
  const std::string body = BodyAsSelect(function);
  if (body.empty()) {
    ThrowNotSupported("function " + Signature(state, function.proname, function.proargtypes),
                      location);
  }
  const BindState::DefinitionScope definition(state, {facts::kPgCatalogNamespaceOid});
  const BindState::ArgumentScope scope(state, arguments, function.proargnames);
  const PgQuery__SelectStmt& select = *state.ParseQuery(body).select_stmt;
  ExprPtr value;
  if (select.n_from_clause == 0 && select.where_clause == nullptr && select.n_target_list == 1) {
    QueryLevel& inner = NewLevel(state, nullptr);
    inner.place = Place::kSelectTarget;
    value = ExpressionBinder(state, inner).Bind(*select.target_list[0]->res_target->val);
  } else {
    BoundQuery query = QueryBinder(state, nullptr).Bind(select);
    auto scalar = std::make_unique<expr::SubqueryExpr>(state.columns[query.outputs[0].id].type);
    scalar->body_columns.push_back(query.outputs[0].id);
    auto plan = std::make_unique<LogicalSubquery>();
    plan->plan = std::move(query.plan);
    scalar->body = std::move(plan);
    value = std::move(scalar);
  }
  value = CoerceType(state, std::move(value), result.oid, types::kNoTypmod, CoercionKind::kAssignment,
                     expr::CallSyntax::kImplicitCast, location);
  if (function.proisstrict) value = GuardStrict(state, arguments, std::move(value));
  value->location = location;
  return value;
}

BoundQuery InlineSetFunction(BindState& state, const facts::ProcFact& function,
                             const std::vector<ExprPtr>& arguments, int location) {
  const std::string body = BodyAsSelect(function);
  if (body.empty()) {
    ThrowNotSupported("function " + Signature(state, function.proname, function.proargtypes),
                      location);
  }
  const BindState::DefinitionScope definition(state, {facts::kPgCatalogNamespaceOid});
  const BindState::ArgumentScope scope(state, arguments, function.proargnames);
  return QueryBinder(state, nullptr).Bind(*state.ParseQuery(body).select_stmt);
}

}  // namespace grizzly::planner
