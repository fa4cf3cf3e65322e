#include "planner/binder/binder.h"

#include <fmt/format.h>

#include "planner/binder/bind_type_name.h"
#include "planner/binder/domain_checks.h"
#include "planner/binder/query_record.h"
#include "planner/binder/table_expression.h"

namespace grizzly::planner {

namespace {

StatementClass ClassOf(const ast::Node& statement) {
  switch (statement.node_case) {
    case PG_QUERY__NODE__NODE_INSERT_STMT: return StatementClass::kInsert;
    case PG_QUERY__NODE__NODE_UPDATE_STMT: return StatementClass::kUpdate;
    case PG_QUERY__NODE__NODE_DELETE_STMT: return StatementClass::kDelete;
    case PG_QUERY__NODE__NODE_MERGE_STMT: return StatementClass::kMerge;
    default: return StatementClass::kSelect;
  }
}

void CheckParameters(const BindState& state) {
  for (size_t i = 0; i < state.parameters.size(); ++i) {
    if (state.parameters[i].oid != facts::kUnknownOid) continue;
    throw SqlError(SqlState::kIndeterminateDatatype,
                   fmt::format("could not determine data type of parameter ${}", i + 1));
  }
}

Place PlaceOf(ExpressionPlace place) {
  switch (place) {
    case ExpressionPlace::kDefault: return Place::kDefault;
    case ExpressionPlace::kCheck: return Place::kCheck;
    case ExpressionPlace::kGenerated: return Place::kGenerated;
    case ExpressionPlace::kIndexPart: return Place::kIndexExpression;
    case ExpressionPlace::kIndexPredicate: return Place::kIndexPredicate;
    case ExpressionPlace::kAlterUsing: return Place::kAlterUsing;
    case ExpressionPlace::kPartitionBound: return Place::kPartitionBound;
    case ExpressionPlace::kPartitionKey: return Place::kPartitionKey;
    case ExpressionPlace::kDomainCheck: return Place::kDomainCheck;
    case ExpressionPlace::kPolicy: return Place::kPolicy;
    case ExpressionPlace::kCopyWhere: return Place::kCopyWhere;
    case ExpressionPlace::kExecuteParameter: return Place::kExecuteParameter;
  }
  return Place::kOther;
}

// The caller's ids become known to the state, with the columns' types.
void AdoptColumns(BindState& state, const catalog::Relation& relation,
                  std::span<const ColumnId> columns) {
  for (const catalog::Column& column : relation.columns) {
    if (column.dropped) continue;
    const ColumnId id = columns[column.attnum - 1];
    while (state.columns.size() <= id) state.AddColumn({}, nullptr);
    state.columns[id] = {column.name, column.type, relation.oid, column.attnum};
  }
}

// A literal is read when the definition is made, for PostgreSQL.
bool IsStableCast(const expr::Expr& expression) {
  if (expression.kind != expr::ExprKind::kIoCast) return false;
  const auto& cast = static_cast<const expr::ListExpr&>(expression);
  const bool is_literal = static_cast<expr::CallSyntax>(cast.choice) == expr::CallSyntax::kImplicitCast &&
                          cast.children[0]->kind == expr::ExprKind::kConst;
  return !is_literal && expr::IoCastVolatility(cast) != 'i';
}

bool IsImmutable(const expr::Expr& expression) {
  if (IsStableCast(expression)) return false;
  if (expression.kind == expr::ExprKind::kArrayCast) {
    const auto& cast = static_cast<const expr::WrapExpr&>(expression);
    if (cast.element != nullptr && !IsImmutable(*cast.element)) return false;
  }
  if (expression.kind == expr::ExprKind::kFunction &&
      static_cast<const expr::FunctionExpr&>(expression).volatility != 'i') {
    return false;
  }
  bool immutable = true;
  expr::ForEachChild(expression,
                     [&](const expr::Expr& child) { immutable = immutable && IsImmutable(child); });
  return immutable;
}

void CheckImmutable(const expr::Expr& expression, ExpressionPlace place) {
  if (IsImmutable(expression)) return;
  switch (place) {
    case ExpressionPlace::kIndexPart:
      throw SqlError(SqlState::kInvalidObjectDefinition,
                     "functions in index expression must be marked IMMUTABLE");
    case ExpressionPlace::kIndexPredicate:
      throw SqlError(SqlState::kInvalidObjectDefinition,
                     "functions in index predicate must be marked IMMUTABLE");
    case ExpressionPlace::kPartitionKey:
      throw SqlError(SqlState::kInvalidObjectDefinition,
                     "functions in partition key expression must be marked IMMUTABLE");
    case ExpressionPlace::kGenerated:
      throw SqlError(SqlState::kInvalidObjectDefinition, "generation expression is not immutable");
    default:
      break;
  }
}

}  // namespace

BoundStatement Bind(const ast::Node& statement, const BinderInput& input) {
  BindState state(input);
  QueryBinder binder(state, nullptr);
  if (input.wants_row_keys) binder.AskForRowKeys();
  BoundQuery query = binder.BindAny(statement);
  FinishPlan(state, *query.plan);
  CheckParameters(state);
  if (state.has_literal_conflict()) {
    BinderInput without_lifting = input;
    without_lifting.literals = nullptr;
    return Bind(statement, without_lifting);
  }
  BoundStatement bound;
  bound.statement_class = ClassOf(statement);
  bound.root = std::move(query.plan);
  for (OutputColumn& output : query.outputs) {
    bound.results.push_back({std::move(output.name), output.id});
  }
  bound.row_keys = std::move(query.row_keys);
  bound.columns = std::move(state.columns);
  bound.parameter_types = std::move(state.parameters);
  bound.lifted = std::move(state.lifted);
  bound.relations = std::move(state.relations);
  bound.has_row_locks = state.has_row_locks;
  bound.modifies_in_cte = state.modifies_in_cte;
  bound.uses_temporary_relation = state.uses_temporary_relation;
  return bound;
}

QueryRecord BindAndRecord(const ast::Node& statement, const BinderInput& input) {
  QueryRecord record;
  BindState state(input);
  state.record = &record;
  ++state.keep_constants;
  QueryBinder(state, nullptr).BindAny(statement);
  record.columns = std::move(state.columns);
  return record;
}

ExprPtr BindTableExpression(const ast::Node& expression, const catalog::Relation* relation,
                            std::span<const ColumnId> columns, ExpressionPlace place,
                            const BinderInput& input) {
  BindState state(input);
  if (relation != nullptr) AdoptColumns(state, *relation, columns);
  ++state.keep_constants;
  ExprPtr bound = BindOverTable(state, expression, relation, columns, PlaceOf(place));
  CheckImmutable(*bound, place);
  return bound;
}

ExprPtr BindDefinition(const catalog::Definition& definition, const catalog::Relation* relation,
                       std::span<const ColumnId> columns, ExpressionPlace place,
                       const BinderInput& input) {
  BindState state(input);
  state.SetStatementIsDefinition();
  if (relation != nullptr) AdoptColumns(state, *relation, columns);
  return BindOverTable(state, definition, relation, columns, PlaceOf(place));
}

ExprPtr CoerceForAssignment(ExprPtr expression, const SqlType& target, std::string_view column_name,
                            const BinderInput& input) {
  BindState state(input);
  const int location = expression->location;
  return CoerceToColumn(state, std::move(expression), target, column_name, location);
}

ExprPtr BindColumnDefault(const catalog::Column& column, const BinderInput& input) {
  BindState state(input);
  return DefaultOf(state, column);
}

ExprPtr BindDomainCast(Oid domain, const BinderInput& input) {
  BindState state(input);
  TypeLookup& types = state.types();
  auto value = std::make_unique<expr::InputExpr>(types.Make(types.BaseOf(domain)), 0);
  return WrapInDomain(state, std::move(value), domain, expr::CallSyntax::kImplicitCast, -1);
}

ExprPtr BindDomainCondition(const ast::Node& condition, Oid base, const BinderInput& input) {
  BindState state(input);
  ++state.keep_constants;
  const BindState::ValueScope value(state, state.types().Make(base));
  return BindOverTable(state, condition, nullptr, {}, Place::kDomainCheck);
}

ExprPtr BindDomainCondition(const catalog::Definition& condition, Oid base,
                            const BinderInput& input) {
  BindState state(input);
  state.SetStatementIsDefinition();
  const BindState::ValueScope value(state, state.types().Make(base));
  return BindOverTable(state, condition, nullptr, {}, Place::kDomainCheck);
}

SqlType ResolveTypeName(const PgQuery__TypeName& type_name, const BinderInput& input) {
  BindState state(input);
  return BindTypeName(state, type_name);
}

}  // namespace grizzly::planner
