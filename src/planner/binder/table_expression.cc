#include "planner/binder/table_expression.h"

#include <fmt/format.h>

namespace grizzly::planner {

using expr::CallSyntax;

RangeItem TableItem(const catalog::RelationPtr& relation, std::string_view alias,
                    std::span<const ColumnId> columns) {
  RangeItem item;
  item.alias = alias;
  item.relation = relation;
  for (const catalog::Column& column : relation->columns) {
    if (column.dropped) continue;
    item.columns.push_back({column.name, columns[column.attnum - 1], nullptr});
  }
  return item;
}

ExprPtr BindOverTable(BindState& state, const ast::Node& node, const catalog::Relation* relation,
                      std::span<const ColumnId> columns, Place place) {
  QueryLevel& level = NewLevel(state, nullptr);
  if (relation != nullptr && place != Place::kDefault) {
    // The relation outlives the binding: it is the caller's.
    const catalog::RelationPtr borrowed(catalog::RelationPtr(), relation);
    level.names.push_back({level.AddItem(TableItem(borrowed, relation->name, columns))});
  }
  ExpressionBinder binder(state, level);
  ExprPtr bound = binder.BindAt(node, place);
  switch (place) {
    case Place::kCheck: return CoerceToBoolean(state, std::move(bound), "CHECK");
    case Place::kDomainCheck: return CoerceToBoolean(state, std::move(bound), "CHECK");
    case Place::kPolicy: return CoerceToBoolean(state, std::move(bound), "POLICY");
    case Place::kCopyWhere: return CoerceToBoolean(state, std::move(bound), "WHERE");
    case Place::kIndexPredicate: return CoerceToBoolean(state, std::move(bound), "WHERE");
    case Place::kPartitionKey: return ResolveUnknown(state, std::move(bound));
    case Place::kIndexExpression: return ResolveUnknown(state, std::move(bound));
    default: return bound;
  }
}

ExprPtr BindOverTable(BindState& state, const catalog::Definition& definition,
                      const catalog::Relation* relation, std::span<const ColumnId> columns,
                      Place place) {
  const BindState::DefinitionScope scope(state, definition.search_path);
  return BindOverTable(state, state.ParseExpression(definition.sql), relation, columns, place);
}

namespace {

constexpr Oid kNextvalFunction = 1574;

ExprPtr NextValue(BindState& state, Oid sequence) {
  auto name = std::make_unique<expr::ConstExpr>(state.types().Make(facts::kRegclassOid),
                                                types::Datum::Of(sequence));
  std::vector<ExprPtr> arguments;
  arguments.push_back(std::move(name));
  return MakeCall(state, kNextvalFunction, std::move(arguments), CallSyntax::kCall, -1);
}

}  // namespace

ExprPtr DefaultOfDomain(BindState& state, Oid domain) {
  const auto type = state.catalog().FindType(domain);
  if (type == nullptr || type->typtype != 'd' || type->default_value.empty()) return nullptr;
  return BindOverTable(state, type->default_value, nullptr, {}, Place::kDefault);
}

ExprPtr DefaultOf(BindState& state, const catalog::Column& column) {
  if (column.generated != '\0') return nullptr;
  if (column.identity != '\0' && column.owned_sequence != kInvalidOid) {
    return CoerceToColumn(state, NextValue(state, column.owned_sequence), column.type, column.name,
                          -1);
  }
  if (!column.default_value.empty()) {
    ExprPtr value = BindOverTable(state, column.default_value, nullptr, {}, Place::kDefault);
    const BindState::DefinitionScope stored(state, column.default_value.search_path);
    return CoerceToColumn(state, std::move(value), column.type, column.name, -1);
  }
  if (state.types().IsDomain(column.type.oid)) {
    if (ExprPtr value = DefaultOfDomain(state, column.type.oid)) {
      return CoerceToColumn(state, std::move(value), column.type, column.name, -1);
    }
    ExprPtr null = MakeNull(state, facts::kUnknownOid);
    return CoerceToColumn(state, std::move(null), column.type, column.name, -1);
  }
  return std::make_unique<expr::ConstExpr>(column.type, types::Datum::Null());
}

RowRules MakeRowRules(BindState& state, QueryLevel& level, const catalog::RelationPtr& relation) {
  RowRules rules;
  rules.relation = relation;
  for (const catalog::Column& column : relation->columns) {
    rules.row_columns.push_back(
        column.dropped
            ? expr::kNoColumn
            : state.AddColumn({column.name, column.type, relation->oid, column.attnum}, &level));
  }
  return rules;
}

void BindRowRules(BindState& state, RowRules& rules) {
  const catalog::Relation& relation = *rules.relation;
  for (const catalog::Column& column : relation.columns) {
    if (column.dropped || column.generated == '\0') continue;
    ExprPtr value = BindOverTable(state, column.default_value, &relation, rules.row_columns,
                                  Place::kGenerated);
    rules.generated.push_back(
        {column.attnum, CoerceToColumn(state, std::move(value), column.type, column.name, -1)});
  }
  for (const catalog::Constraint& constraint : relation.constraints) {
    if (constraint.kind != catalog::ConstraintKind::kCheck) continue;
    rules.checks.push_back(
        {constraint.name,
         BindOverTable(state, constraint.check, &relation, rules.row_columns, Place::kCheck)});
  }
  for (const Oid oid : relation.indexes) {
    const catalog::RelationPtr index = state.catalog().FindRelation(oid);
    if (index == nullptr || !index->index || index->index->clustered_by) continue;
    if (!index->index->IsKept()) continue;
    RowRules::Index rule;
    rule.index = index;
    for (const catalog::IndexDefinition::Part& part : index->index->parts) {
      rule.key_parts.push_back(part.column != 0
                                   ? state.Mention(rules.row_columns[part.column - 1], -1)
                                   : BindOverTable(state, part.expression, &relation,
                                                   rules.row_columns, Place::kIndexExpression));
    }
    if (!index->index->predicate.empty()) {
      rule.predicate = BindOverTable(state, index->index->predicate, &relation, rules.row_columns,
                                     Place::kIndexPredicate);
    }
    rules.indexes.push_back(std::move(rule));
  }
}

void CheckMayChange(const catalog::Relation& relation, std::string_view command, int location) {
  using Kind = catalog::RelationKind;
  const auto refuse = [&](std::string_view what) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot change {} \"{}\"", what, relation.name));
  };
  switch (relation.kind) {
    case Kind::kTable:
      if (relation.oid < kFirstUserOid) ThrowNotSupported(fmt::format("{} of a system catalog", command), location);
      return;
    case Kind::kPartitionedTable: return;
    case Kind::kSequence: refuse("sequence"); break;
    case Kind::kMaterializedView: refuse("materialized view"); break;
    case Kind::kIndex:
    case Kind::kPartitionedIndex:
    case Kind::kCompositeType:
      throw SqlError(SqlState::kWrongObjectType,
                     fmt::format("cannot open relation \"{}\"", relation.name))
          .Detail(relation.kind == Kind::kCompositeType
                      ? "This operation is not supported for composite types."
                      : "This operation is not supported for indexes.")
          .At(location);
    default: ThrowNotSupported(fmt::format("{} of a relation of this kind", command), location);
  }
}

std::vector<ExprPtr> BindReturning(BindState& state, QueryLevel& level, ast::Node* const* nodes,
                                   size_t count, LogicalNode& node, BoundQuery& query) {
  ExpressionBinder binder(state, level);
  std::vector<Target> targets = BindTargetList(binder, nodes, count, Place::kReturning);
  std::vector<ExprPtr> expressions;
  for (Target& target : targets) {
    target.expression = ResolveUnknown(state, std::move(target.expression));
    StatementColumn column{target.name, target.expression->type};
    if (target.expression->kind == expr::ExprKind::kColumn) {
      const auto source = static_cast<expr::ColumnExpr&>(*target.expression).id;
      column.table = state.columns[source].table;
      column.attnum = state.columns[source].attnum;
    }
    const ColumnId id = state.AddColumn(std::move(column), &level);
    node.outputs.push_back(id);
    query.outputs.push_back({target.name, id});
    expressions.push_back(std::move(target.expression));
  }
  return expressions;
}

}  // namespace grizzly::planner
