// Operators and what the grammar writes as them: LIKE, BETWEEN, IN, ANY, ALL, NULLIF, IS DISTINCT.
#include <fmt/format.h>

#include "base/error/check.h"
#include "planner/binder/row_subquery.h"

namespace grizzly::planner {

using expr::CallSyntax;
using expr::ExprKind;

namespace {

bool IsRowNode(const ast::Node* node) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_ROW_EXPR;
}

bool IsRow(const expr::Expr& expression) { return expression.kind == ExprKind::kRow; }

std::vector<ExprPtr> FieldsOf(ExprPtr row) {
  return std::move(static_cast<expr::ListExpr&>(*row).children);
}

bool MentionsColumns(const expr::Expr& value) { return !expr::FreeColumns(value).empty(); }

// The columns of (a, b) = (SELECT x, y), as many as the row has fields.
std::vector<ExprPtr> SubqueryColumns(ExpressionBinder& binder, const PgQuery__SubLink& link,
                                     size_t field_count, int location) {
  AdmitSubquery(binder, link, location);
  std::vector<ExprPtr> columns = BindRowSubquery(binder, link);
  if (columns.size() == field_count) return columns;
  throw SqlError(SqlState::kSyntaxError, columns.size() > field_count
                                             ? "subquery has too many columns"
                                             : "subquery has too few columns")
      .At(location);
}

}  // namespace

ExprPtr ExpressionBinder::MakeOperator(std::string_view name, ExprPtr left, ExprPtr right,
                                       int location) {
  return MakeOperator(std::span(&name, 1), std::move(left), std::move(right), location);
}

ExprPtr ExpressionBinder::MakeOperator(std::span<const std::string_view> name, ExprPtr left,
                                       ExprPtr right, int location) {
  const Oid left_type = left == nullptr ? kInvalidOid : left->type.oid;
  Choice choice = Choice::kNone;
  const facts::OperatorFact* op =
      ChooseOperator(state_, name, left_type, right->type.oid, &choice);
  if (op == nullptr) {
    ThrowNoOperator(state_, name.back(), left_type, right->type.oid, choice, location);
  }
  std::vector<Oid> actual;
  std::vector<Oid> declared;
  std::vector<ExprPtr> arguments;
  if (left != nullptr) {
    actual.push_back(left_type);
    declared.push_back(op->oprleft);
    arguments.push_back(std::move(left));
  }
  actual.push_back(right->type.oid);
  declared.push_back(op->oprright);
  arguments.push_back(std::move(right));
  const Oid result = ResolvePolymorphic(state_, actual, declared, op->oprresult);
  for (size_t i = 0; i < arguments.size(); ++i) {
    const int at = arguments[i]->location;
    arguments[i] = CoerceType(state_, std::move(arguments[i]), declared[i], types::kNoTypmod,
                              CoercionKind::kImplicit, CallSyntax::kImplicitCast, at);
  }
  const facts::ProcFact* function = facts::FindProc(op->oprcode);
  GRIZZLY_CHECK(function != nullptr);
  return MakeCall(state_, *function, state_.types().Make(result), std::move(arguments),
                  CallSyntax::kOperator, location, /*variadic_array=*/false, op->oid);
}

expr::ComparisonExpr::Comparison ExpressionBinder::MakeComparison(
    std::span<const std::string_view> name, ExprPtr& left, ExprPtr& right, int location,
    SqlType* result) {
  ExprPtr made = MakeOperator(name, std::move(left), std::move(right), location);
  if (made->kind != ExprKind::kFunction) {
    ThrowNotSupported("comparison by an operator that is an SQL function", location);
  }
  auto& function = static_cast<expr::FunctionExpr&>(*made);
  left = std::move(function.arguments[0]);
  right = std::move(function.arguments[1]);
  if (result != nullptr) *result = function.type;
  return {function.call, function.implementation, function.operator_oid};
}

ExprPtr ExpressionBinder::BindOperatorNode(const PgQuery__AExpr& node) {
  switch (node.kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
    case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE:
    case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE:
    case PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR:
      return BindPlainOperator(node);
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY: return BindAnyAll(node, false);
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL: return BindAnyAll(node, true);
    case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT: return BindDistinct(node, false);
    case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT: return BindDistinct(node, true);
    case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF: return BindNullIf(node);
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN: return BindIn(node);
    default: return BindBetween(node);
  }
}

ExprPtr ExpressionBinder::BindPlainOperator(const PgQuery__AExpr& node) {
  const auto name = NamesOf(node.name, node.n_name);
  const bool is_equal = name.size() == 1 && name[0] == "=";
  if (state_.input().transform_null_equals && is_equal && node.lexpr != nullptr &&
      (IsNullConstant(*node.lexpr) || IsNullConstant(*node.rexpr))) {
    auto test = std::make_unique<expr::ListExpr>(
        ExprKind::kNullTest, state_.types().Make(facts::kBoolOid),
        static_cast<uint8_t>(expr::NullTestKind::kIsNull));
    test->children.push_back(
        ResolveUnknown(state_, Bind(IsNullConstant(*node.lexpr) ? *node.rexpr : *node.lexpr)));
    return test;
  }
  if (IsRowNode(node.lexpr) && node.rexpr->node_case == PG_QUERY__NODE__NODE_SUB_LINK &&
      node.rexpr->sub_link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK) {
    std::vector<ExprPtr> fields = FieldsOf(Bind(*node.lexpr));
    std::vector<ExprPtr> columns = SubqueryColumns(*this, *node.rexpr->sub_link, fields.size(),
                                                       node.location);
    ExprPtr made = CompareRows(name, std::move(fields), std::move(columns), node.location);
    RecordRowSubquery(state_, *made, name.back(), *node.rexpr->sub_link, node.location);
    return made;
  }
  if (node.lexpr == nullptr) {
    return MakeOperator(name, nullptr, Bind(*node.rexpr), node.location);
  }
  ExprPtr left = Bind(*node.lexpr);
  ExprPtr right = Bind(*node.rexpr);
  if (IsRowNode(node.lexpr) && IsRowNode(node.rexpr) && IsRow(*left) && IsRow(*right)) {
    return CompareRows(name, FieldsOf(std::move(left)), FieldsOf(std::move(right)), node.location);
  }
  return MakeOperator(name, std::move(left), std::move(right), node.location);
}

// ---- ANY and ALL of an array ----

ExprPtr ExpressionBinder::BindAnyAll(const PgQuery__AExpr& node, bool all) {
  ExprPtr left = Bind(*node.lexpr);
  ExprPtr right = Bind(*node.rexpr);
  return MakeAnyAll(NamesOf(node.name, node.n_name), std::move(left), std::move(right), all,
                    node.location);
}

ExprPtr ExpressionBinder::MakeAnyAll(std::span<const std::string_view> name, ExprPtr left,
                                     ExprPtr right, bool all, int location) {
  TypeLookup& types = state_.types();
  const Oid array = right->type.oid;
  Oid element = facts::kUnknownOid;
  if (array != facts::kUnknownOid) {
    element = types.Of(types.BaseOf(array)).element;
    if (element == kInvalidOid) {
      throw SqlError(SqlState::kWrongObjectType, "op ANY/ALL (array) requires array on right side")
          .At(location);
    }
  }
  Choice choice = Choice::kNone;
  const facts::OperatorFact* op = ChooseOperator(state_, name, left->type.oid, element, &choice);
  if (op == nullptr) ThrowNoOperator(state_, name.back(), left->type.oid, element, choice, location);
  if (op->oprresult != facts::kBoolOid) {
    throw SqlError(SqlState::kWrongObjectType,
                   "op ANY/ALL (array) requires operator to yield boolean")
        .At(location);
  }
  const std::vector<Oid> actual = {left->type.oid, element};
  std::vector<Oid> declared = {op->oprleft, op->oprright};
  ResolvePolymorphic(state_, actual, declared, op->oprresult);
  const Oid wanted_array =
      IsPolymorphic(op->oprright) && array != facts::kUnknownOid ? types.BaseOf(array)
                                                                 : types.ArrayOf(declared[1]);
  const int left_at = left->location;
  const int right_at = right->location;
  auto made = std::make_unique<expr::ComparisonExpr>(ExprKind::kScalarArray,
                                                     types.Make(facts::kBoolOid));
  made->left = CoerceType(state_, std::move(left), declared[0], types::kNoTypmod,
                          CoercionKind::kImplicit, CallSyntax::kImplicitCast, left_at);
  made->right = CoerceType(state_, std::move(right), wanted_array, types::kNoTypmod,
                           CoercionKind::kImplicit, CallSyntax::kImplicitCast, right_at);
  const facts::ProcFact* function = facts::FindProc(op->oprcode);
  std::vector<ExprPtr> sides;
  sides.push_back(made->left->Clone());
  sides.push_back(std::make_unique<expr::InputExpr>(types.Make(declared[1]), 0));
  auto call = MakeCallSite(state_, *function, types.Make(facts::kBoolOid), sides, location);
  made->comparisons.push_back(
      {std::move(call), RequireImplementation(state_, *function, location), op->oid});
  made->all = all;
  made->location = location;
  return made;
}

// ---- IS DISTINCT FROM, NULLIF ----

ExprPtr ExpressionBinder::BindDistinct(const PgQuery__AExpr& node, bool negated) {
  // x IS DISTINCT FROM NULL is a test for NULL.
  for (const auto& [constant, tested] : {std::pair(node.rexpr, node.lexpr),
                                         std::pair(node.lexpr, node.rexpr)}) {
    if (!IsNullConstant(*constant)) continue;
    auto test = std::make_unique<expr::ListExpr>(
        ExprKind::kNullTest, state_.types().Make(facts::kBoolOid),
        static_cast<uint8_t>(negated ? expr::NullTestKind::kIsNull
                                     : expr::NullTestKind::kIsNotNull));
    test->location = node.location;
    test->children.push_back(ResolveUnknown(state_, Bind(*tested)));
    return test;
  }
  ExprPtr left = Bind(*node.lexpr);
  ExprPtr right = Bind(*node.rexpr);
  if (IsRowNode(node.lexpr) && IsRowNode(node.rexpr)) {
    return DistinctRows(FieldsOf(std::move(left)), FieldsOf(std::move(right)), negated,
                        node.location);
  }
  auto made = std::make_unique<expr::ComparisonExpr>(ExprKind::kDistinct,
                                                     state_.types().Make(facts::kBoolOid));
  made->comparisons.push_back(
      MakeComparison(NamesOf(node.name, node.n_name), left, right, node.location));
  made->left = std::move(left);
  made->right = std::move(right);
  made->negated = negated;
  made->location = node.location;
  return made;
}

ExprPtr ExpressionBinder::BindNullIf(const PgQuery__AExpr& node) {
  ExprPtr left = Bind(*node.lexpr);
  ExprPtr right = Bind(*node.rexpr);
  const SqlType own_type = left->type;
  SqlType result;
  auto comparison =
      MakeComparison(NamesOf(node.name, node.n_name), left, right, node.location, &result);
  if (result.oid != facts::kBoolOid) {
    throw SqlError(SqlState::kDatatypeMismatch, "NULLIF requires = operator to yield boolean")
        .At(node.location);
  }
  // Rows are compared as records and stay what they are.
  const bool is_record = own_type.oid != facts::kUnknownOid &&
                         (left->type.oid == facts::kRecordOid || left->type.oid == facts::kRecordArrayOid);
  auto made = std::make_unique<expr::ComparisonExpr>(ExprKind::kNullIf,
                                                     is_record ? own_type : left->type);
  made->comparisons.push_back(std::move(comparison));
  made->left = std::move(left);
  made->right = std::move(right);
  made->location = node.location;
  return made;
}

// ---- IN (list) ----

namespace {

// The type that values become elements of an array in; kInvalidOid: there is none.
Oid CommonElement(BindState& state, const std::vector<Oid>& types) {
  const Oid common = SelectCommonTypeOf(state, types, {}, "");
  const bool has_array = common != kInvalidOid && common != facts::kRecordOid &&
                         state.types().ArrayOf(common) != kInvalidOid;
  return has_array ? common : kInvalidOid;
}

}  // namespace

ExprPtr ExpressionBinder::BindIn(const PgQuery__AExpr& node) {
  const auto name = NamesOf(node.name, node.n_name);
  const bool negated = name.back() == "<>";
  const PgQuery__List& list = *node.rexpr->list;
  // A long list is data: it stays constants, so that it can be hashed.
  constexpr size_t kLiftedListMax = 8;
  const bool keep = list.n_items > kLiftedListMax;
  if (keep) ++state_.keep_constants;
  ExprPtr left = Bind(*node.lexpr);
  std::vector<ExprPtr> values;  // without columns: candidates for one array
  std::vector<ExprPtr> terms;
  for (size_t i = 0; i < list.n_items; ++i) values.push_back(Bind(*list.items[i]));
  if (keep) --state_.keep_constants;

  if (!IsRowNode(node.lexpr)) {
    // Subqueries compared one by one plan better, but PostgreSQL prints them in the array.
    const auto stands_alone = [this](const ExprPtr& value) {
      return MentionsColumns(*value) || (value->kind == ExprKind::kSubquery && state_.record == nullptr);
    };
    std::vector<Oid> types = {left->type.oid};
    for (const ExprPtr& value : values) {
      if (!stands_alone(value)) types.push_back(value->type.oid);
    }
    const Oid common = types.size() > 2 ? CommonElement(state_, types) : kInvalidOid;
    if (common != kInvalidOid) {  // in front of the others; else all stay in their order
      std::vector<ExprPtr> plain;
      for (ExprPtr& value : values) {
        if (!stands_alone(value)) plain.push_back(std::move(value));
      }
      std::erase(values, nullptr);
      terms.push_back(BindInAsArray(node, left, std::move(plain), common));
    }
  }
  for (ExprPtr& value : values) {
    ExprPtr term;
    if (IsRowNode(node.lexpr) && IsRow(*value)) {
      term = CompareRows(name, FieldsOf(left->Clone()), FieldsOf(std::move(value)), node.location);
    } else {
      term = MakeOperator(name, left->Clone(), std::move(value), node.location);
    }
    terms.push_back(CoerceToBoolean(state_, std::move(term), "IN"));
  }
  const auto operation = negated ? expr::BoolOperation::kAnd : expr::BoolOperation::kOr;
  constexpr size_t kNestedMax = 100;
  if (state_.record == nullptr || terms.size() > kNestedMax) {
    return MakeBoolOperation(operation, std::move(terms), node.location);
  }
  // PostgreSQL nests them, which only shows where they are printed.
  ExprPtr result = std::move(terms[0]);
  for (size_t i = 1; i < terms.size(); ++i) {
    std::vector<ExprPtr> both;
    both.push_back(std::move(result));
    both.push_back(std::move(terms[i]));
    result = MakeBoolOperation(operation, std::move(both), node.location);
  }
  return result;
}

// x = ANY (ARRAY[...]) over the values' common type.
ExprPtr ExpressionBinder::BindInAsArray(const PgQuery__AExpr& node, const ExprPtr& left,
                                        std::vector<ExprPtr> values, Oid common) {
  const SqlType type = state_.types().Make(state_.types().ArrayOf(common));
  auto array = std::make_unique<expr::ListExpr>(ExprKind::kArray, type);
  array->location = values[0]->location;
  for (ExprPtr& value : values) {
    array->children.push_back(CoerceToCommon(state_, std::move(value), common, "IN"));
  }
  const auto name = NamesOf(node.name, node.n_name);
  return MakeAnyAll(name, left->Clone(), std::move(array), /*all=*/name.back() == "<>", node.location);
}

// ---- BETWEEN ----

ExprPtr ExpressionBinder::BindBetween(const PgQuery__AExpr& node) {
  const PgQuery__List& bounds = *node.rexpr->list;
  const ExprPtr tested = Bind(*node.lexpr);
  const ExprPtr low = Bind(*bounds.items[0]);
  const ExprPtr high = Bind(*bounds.items[1]);
  const int at = node.location;
  const bool negated = node.kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN ||
                       node.kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM;
  const bool symmetric = node.kind == PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM ||
                         node.kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM;
  const auto inside = negated ? expr::BoolOperation::kOr : expr::BoolOperation::kAnd;
  const auto within = [&](const ExprPtr& from, const ExprPtr& to) {
    std::vector<ExprPtr> both;
    both.push_back(MakeOperator(negated ? "<" : ">=", tested->Clone(), from->Clone(), at));
    both.push_back(MakeOperator(negated ? ">" : "<=", tested->Clone(), to->Clone(), at));
    return MakeBoolOperation(inside, std::move(both), at);
  };
  if (!symmetric) return within(low, high);
  std::vector<ExprPtr> orders;
  orders.push_back(within(low, high));
  orders.push_back(within(high, low));
  return MakeBoolOperation(negated ? expr::BoolOperation::kAnd : expr::BoolOperation::kOr,
                           std::move(orders), at);
}

}  // namespace grizzly::planner
