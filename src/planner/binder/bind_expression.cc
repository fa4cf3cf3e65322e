// The kinds of expression nodes, and the simple ones.
#include <charconv>

#include <fmt/format.h>

#include "base/error/check.h"
#include "facts/collations.h"
#include "planner/binder/bind_type_name.h"
#include "planner/binder/bind_xml.h"
#include "planner/binder/expression_binder.h"
#include "planner/binder/query_record.h"

namespace grizzly::planner {

using expr::CallSyntax;
using expr::ExprKind;

ExprPtr ExpressionBinder::BindAt(const ast::Node& node, Place place) {
  AtPlace at(level_, place);
  return Bind(node);
}

std::vector<ExprPtr> ExpressionBinder::BindCondition(const ast::Node* node, Place place) {
  std::vector<ExprPtr> conjuncts;
  if (node == nullptr) return conjuncts;
  const std::string_view name = place == Place::kJoinOn ? "JOIN/ON" : PlaceName(place);
  ExprPtr condition = CoerceToBoolean(state_, BindAt(*node, place), name);
  if (state_.record != nullptr) state_.record->expressions[node] = condition->Clone();
  std::vector<ExprPtr> waiting;
  waiting.push_back(std::move(condition));
  while (!waiting.empty()) {
    ExprPtr next = std::move(waiting.back());
    waiting.pop_back();
    auto* list = next->kind == ExprKind::kBool ? static_cast<expr::ListExpr*>(next.get()) : nullptr;
    if (list == nullptr || list->choice != static_cast<uint8_t>(expr::BoolOperation::kAnd)) {
      conjuncts.push_back(std::move(next));
      continue;
    }
    for (size_t i = list->children.size(); i-- > 0;) {
      waiting.push_back(std::move(list->children[i]));
    }
  }
  return conjuncts;
}

ExprPtr ExpressionBinder::Bind(const ast::Node& node) {
  CheckStackDepth();
  return Dispatch(node);
}

ExprPtr ExpressionBinder::Dispatch(const ast::Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_A_CONST: return BindConstant(*node.a_const);
    case PG_QUERY__NODE__NODE_COLUMN_REF: return BindColumnReference(*node.column_ref);
    case PG_QUERY__NODE__NODE_PARAM_REF:
      return state_.BindParameter(node.param_ref->number, node.param_ref->location);
    case PG_QUERY__NODE__NODE_A_EXPR: return BindOperatorNode(*node.a_expr);
    case PG_QUERY__NODE__NODE_BOOL_EXPR: return BindBool(*node.bool_expr);
    case PG_QUERY__NODE__NODE_FUNC_CALL: return BindFunctionCall(*node.func_call);
    case PG_QUERY__NODE__NODE_TYPE_CAST: return BindCast(*node.type_cast);
    case PG_QUERY__NODE__NODE_SUB_LINK: return BindSubquery(*node.sub_link);
    case PG_QUERY__NODE__NODE_CASE_EXPR: return BindCase(*node.case_expr);
    case PG_QUERY__NODE__NODE_NULL_TEST: return BindNullTest(*node.null_test);
    default: return DispatchRest(node);
  }
}

ExprPtr ExpressionBinder::DispatchRest(const ast::Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_BOOLEAN_TEST: return BindBooleanTest(*node.boolean_test);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR: return BindCoalesce(*node.coalesce_expr);
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR: return BindGreatestLeast(*node.min_max_expr);
    case PG_QUERY__NODE__NODE_ROW_EXPR: return BindRow(*node.row_expr);
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
      return BindArray(*node.a_array_expr, kInvalidOid, kInvalidOid, types::kNoTypmod);
    case PG_QUERY__NODE__NODE_A_INDIRECTION: return BindIndirection(*node.a_indirection);
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE: return BindCollate(*node.collate_clause);
    case PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION:
      return BindValueFunction(*node.sqlvalue_function);
    case PG_QUERY__NODE__NODE_XML_EXPR: return BindXml(*this, *node.xml_expr);
    case PG_QUERY__NODE__NODE_XML_SERIALIZE: return BindXmlSerialize(*this, *node.xml_serialize);
    case PG_QUERY__NODE__NODE_GROUPING_FUNC: return BindGroupingCall(*node.grouping_func);
    case PG_QUERY__NODE__NODE_SET_TO_DEFAULT:
      throw SqlError(SqlState::kSyntaxError, "DEFAULT is not allowed in this context")
          .At(node.set_to_default->location);
    case PG_QUERY__NODE__NODE_MULTI_ASSIGN_REF:
      return Bind(*node.multi_assign_ref->source);
    case PG_QUERY__NODE__NODE_NAMED_ARG_EXPR:
      return Bind(*node.named_arg_expr->arg);
    default:
      ThrowNotSupported(fmt::format("expression of kind {}", static_cast<int>(node.node_case)),
                        LocationOf(&node));
  }
}

// ---- constants ----

ExprPtr ExpressionBinder::BindConstant(const PgQuery__AConst& constant) {
  const int location = constant.location;
  if (constant.isnull) return MakeNull(state_, facts::kUnknownOid, location);
  ExprPtr bound;
  switch (constant.val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL:
      bound = state_.LiftConstant(location, facts::kInt4Oid);
      if (bound == nullptr) bound = MakeInt4(constant.ival->ival);
      break;
    case PG_QUERY__A__CONST__VAL_FVAL: return BindNumber(constant.fval->fval, location);
    case PG_QUERY__A__CONST__VAL_BOOLVAL: bound = MakeBool(constant.boolval->boolval); break;
    case PG_QUERY__A__CONST__VAL_SVAL:
      bound = state_.LiftConstant(location, facts::kUnknownOid);
      if (bound == nullptr) bound = MakeText(constant.sval->sval, facts::kUnknownOid);
      break;
    case PG_QUERY__A__CONST__VAL_BSVAL: return BindBitString(constant);
    default: return MakeNull(state_, facts::kUnknownOid, location);
  }
  bound->location = location;
  return bound;
}

ExprPtr ExpressionBinder::BindNumber(const char* text, int location) {
  const std::string_view digits = text;
  int64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool is_integer = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  const bool fits_int4 = is_integer && value >= INT32_MIN && value <= INT32_MAX;
  const Oid type = fits_int4 ? facts::kInt4Oid : is_integer ? facts::kInt8Oid : facts::kNumericOid;
  if (ExprPtr lifted = state_.LiftConstant(location, type)) return lifted;
  ExprPtr bound;
  if (is_integer) {
    bound = fits_int4 ? MakeInt4(static_cast<int32_t>(value)) : MakeInt8(value);
    bound->location = location;
    return bound;
  }
  bound = MakeText(digits, facts::kUnknownOid);
  bound->location = location;
  return CoerceType(state_, std::move(bound), facts::kNumericOid, types::kNoTypmod,
                    CoercionKind::kImplicit, CallSyntax::kImplicitCast, location);
}

// B'101' and X'1F' come as b101 and x1F.
ExprPtr ExpressionBinder::BindBitString(const PgQuery__AConst& constant) {
  ExprPtr text = MakeText(constant.bsval->bsval, facts::kUnknownOid);
  text->location = constant.location;
  return CoerceType(state_, std::move(text), facts::kBitOid, types::kNoTypmod,
                    CoercionKind::kImplicit, CallSyntax::kImplicitCast, constant.location);
}

// ---- columns ----

ExprPtr ExpressionBinder::BindColumnReference(const PgQuery__ColumnRef& reference) {
  const int location = reference.location;
  if (IsStar(reference.fields[reference.n_fields - 1])) {
    // t.* as an argument is t as a row.
    if (reference.n_fields == 1) {
      throw SqlError(SqlState::kSyntaxError, "row expansion via \"*\" is not supported here")
          .At(location);
    }
    const auto names = NamesOf(reference.fields, reference.n_fields - 1);
    const std::string_view schema = names.size() > 1 ? names[names.size() - 2] : "";
    RangeItem* item = FindItem(state_, level_, schema, names.back(), location);
    if (item == nullptr) ThrowNoItem(state_, level_, schema, names.back(), location);
    return WholeRow(state_, *item, location);
  }
  if (level_.place == Place::kDefault || level_.place == Place::kPartitionBound) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   level_.place == Place::kDefault
                       ? "cannot use column reference in DEFAULT expression"
                       : "cannot use column reference in partition bound expression")
        .At(location);
  }
  const auto names = NamesOf(reference.fields, reference.n_fields);
  if (names.size() > 1) return BindQualified(reference, names);
  if (ExprPtr column = FindColumn(state_, level_, names[0], location)) return column;
  if (ExprPtr argument = state_.FindArgument(names[0])) return argument;
  if (level_.place == Place::kDomainCheck && names[0] == "value") {
    return std::make_unique<expr::InputExpr>(state_.value_type(), 0);
  }
  if (RangeItem* item = FindItem(state_, level_, "", names[0], location)) {
    return WholeRow(state_, *item, location);
  }
  ThrowNoColumn(level_, "", names[0], location);
}

ExprPtr ExpressionBinder::BindQualified(const PgQuery__ColumnRef& reference,
                                        const std::vector<std::string_view>& names) {
  const int location = reference.location;
  if (names.size() > 4) {
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("improper qualified name (too many dotted names): {}", Dotted(names)))
        .At(location);
  }
  const std::string_view column = names.back();
  const std::string_view alias = names[names.size() - 2];
  const std::string_view schema = names.size() > 2 ? names[names.size() - 3] : "";
  RangeItem* item = FindItem(state_, level_, schema, alias, location);
  if (item == nullptr) ThrowNoItem(state_, level_, schema, alias, location);
  if (ExprPtr found = FindColumnOf(state_, *item, column, location)) return found;
  ThrowNoColumn(level_, alias, column, location);
}

// ---- truth ----

ExprPtr ExpressionBinder::BindBool(const PgQuery__BoolExpr& node) {
  const bool is_and = node.boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR;
  const bool is_or = node.boolop == PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR;
  const auto operation = is_and  ? expr::BoolOperation::kAnd
                         : is_or ? expr::BoolOperation::kOr
                                 : expr::BoolOperation::kNot;
  std::vector<ExprPtr> operands;
  for (size_t i = 0; i < node.n_args; ++i) {
    operands.push_back(
        CoerceToBoolean(state_, Bind(*node.args[i]), is_and ? "AND" : is_or ? "OR" : "NOT"));
  }
  return MakeBoolOperation(operation, std::move(operands), node.location);
}

ExprPtr ExpressionBinder::BindNullTest(const PgQuery__NullTest& node) {
  ExprPtr argument = Bind(*node.arg);
  // A bare parameter or literal may be anything: text will do.
  argument = ResolveUnknown(state_, std::move(argument));
  const bool is_null = node.nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL;
  auto kind = static_cast<uint8_t>(is_null ? expr::NullTestKind::kIsNull
                                           : expr::NullTestKind::kIsNotNull);
  constexpr uint8_t kOfRow = 2;  // field by field
  if (state_.types().IsRow(argument->type.oid)) kind |= kOfRow;
  auto test = std::make_unique<expr::ListExpr>(ExprKind::kNullTest,
                                               state_.types().Make(facts::kBoolOid), kind);
  test->location = node.location;
  test->children.push_back(std::move(argument));
  return test;
}

ExprPtr ExpressionBinder::BindBooleanTest(const PgQuery__BooleanTest& node) {
  static constexpr std::string_view kNames[] = {"", "IS TRUE", "IS NOT TRUE", "IS FALSE",
                                                "IS NOT FALSE", "IS UNKNOWN", "IS NOT UNKNOWN"};
  const int kind = node.booltesttype;  // 1 IS TRUE ... in the order of BooleanTestKind
  GRIZZLY_CHECK(kind >= 1 && kind <= 6);
  ExprPtr argument = CoerceToBoolean(state_, Bind(*node.arg), kNames[kind]);
  auto test = std::make_unique<expr::ListExpr>(
      ExprKind::kBooleanTest, state_.types().Make(facts::kBoolOid), static_cast<uint8_t>(kind - 1));
  test->location = node.location;
  test->children.push_back(std::move(argument));
  return test;
}

// ---- COLLATE ----

ExprPtr ExpressionBinder::BindCollate(const PgQuery__CollateClause& node) {
  ExprPtr argument = Bind(*node.arg);
  argument = ResolveUnknown(state_, std::move(argument));
  if (argument->type.collation == kInvalidOid) {
    throw SqlError(SqlState::kDatatypeMismatch,
                   fmt::format("collations are not supported by type {}",
                               state_.types().Name(argument->type.oid)))
        .At(node.location);
  }
  const Oid collation = ResolveCollation(state_, NamesOf(node.collname, node.n_collname), node.location);
  SqlType type = argument->type;
  type.collation = collation;
  auto relabel = std::make_unique<expr::ListExpr>(ExprKind::kRelabel, type,
                                                  static_cast<uint8_t>(CallSyntax::kSqlSyntax));
  relabel->location = node.location;
  relabel->children.push_back(std::move(argument));
  return relabel;
}

// ---- CURRENT_DATE and friends ----

namespace {

constexpr Oid kNowFunction = 1299;
constexpr Oid kCurrentUserFunction = 745;
constexpr Oid kSessionUserFunction = 746;
constexpr Oid kCurrentDatabaseFunction = 861;
constexpr Oid kCurrentSchemaFunction = 1402;

struct ValueFunction {
  Oid function;
  Oid type;
};

ValueFunction ValueFunctionOf(PgQuery__SQLValueFunctionOp op) {
  switch (op) {
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE:
      return {kNowFunction, facts::kDateOid};
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N:
      return {kNowFunction, facts::kTimetzOid};
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N:
      return {kNowFunction, facts::kTimestamptzOid};
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N:
      return {kNowFunction, facts::kTimeOid};
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N:
      return {kNowFunction, facts::kTimestampOid};
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_SESSION_USER:
      return {kSessionUserFunction, facts::kNameOid};
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_CATALOG:
      return {kCurrentDatabaseFunction, facts::kNameOid};
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_SCHEMA:
      return {kCurrentSchemaFunction, facts::kNameOid};
    default: return {kCurrentUserFunction, facts::kNameOid};
  }
}

}  // namespace

ExprPtr ExpressionBinder::BindValueFunction(const PgQuery__SQLValueFunction& node) {
  const ValueFunction wanted = ValueFunctionOf(node.op);
  ExprPtr value =
      MakeCall(state_, wanted.function, {}, CallSyntax::kSqlSyntax, node.location);
  ExprPtr cast = CoerceToTarget(state_, value, wanted.type, node.typmod, CoercionKind::kExplicit,
                                CallSyntax::kSqlSyntax, node.location);
  GRIZZLY_CHECK(cast != nullptr);
  return cast;
}

}  // namespace grizzly::planner
