// Select lists: stars, names, projections, set-returning functions.
#include <fmt/format.h>

#include <set>

#include "catalog/record.h"
#include "planner/binder/row_shape.h"
#include "planner/binder/set_functions.h"
#include "types/record_shape.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

void ExpandItem(BindState& state, const RangeItem& item, int location,
                std::vector<Target>& targets) {
  for (size_t i = 0; i < item.columns.size(); ++i) {
    if (item.columns[i].nameless) continue;
    targets.push_back({MentionColumn(state, item, i, location), item.columns[i].name});
  }
}

void ExpandStar(ExpressionBinder& binder, const PgQuery__ColumnRef& star,
                std::vector<Target>& targets) {
  BindState& state = binder.state();
  QueryLevel& level = binder.level();
  if (star.n_fields > 1) {
    const auto names = NamesOf(star.fields, star.n_fields - 1);
    const std::string_view schema = names.size() > 1 ? names[names.size() - 2] : "";
    RangeItem* item = FindItem(state, level, schema, names.back(), star.location);
    if (item == nullptr) ThrowNoItem(state, level, schema, names.back(), star.location);
    ExpandItem(state, *item, star.location, targets);
    return;
  }
  bool found = false;
  for (const NamespaceEntry& entry : level.names) {
    if (!entry.by_column || entry.lateral_only) continue;
    found = true;
    ExpandItem(state, *entry.item, star.location, targets);
  }
  if (!found) {
    throw SqlError(SqlState::kSyntaxError, "SELECT * with no tables specified is not valid")
        .At(star.location);
  }
}

// (x).* of a composite value: one target per field.
void ExpandComposite(ExpressionBinder& binder, const PgQuery__AIndirection& node,
                     std::vector<Target>& targets) {
  BindState& state = binder.state();
  PgQuery__AIndirection inner = node;
  --inner.n_indirection;
  ast::Node wrapped = PG_QUERY__NODE__INIT;
  wrapped.node_case = PG_QUERY__NODE__NODE_A_INDIRECTION;
  wrapped.a_indirection = &inner;
  ExprPtr row = inner.n_indirection == 0 ? binder.Bind(*node.arg) : binder.Bind(wrapped);
  const int location = LocationOf(node.arg);
  const Oid type = state.types().BaseOf(row->type.oid);
  const auto relation = state.types().IsComposite(type)
                            ? state.catalog().FindRelation(state.types().Of(type).relation)
                            : nullptr;
  if (relation == nullptr) {
    if (expr::ListExpr* const named = RowIn(*row)) {
      auto& fields = named->children;
      for (size_t i = 0; i < fields.size(); ++i) {
        const auto& names = named->names;
        targets.push_back({std::move(fields[i]),
                           names.empty() ? fmt::format("f{}", i + 1) : names[i]});
      }
      return;
    }
    if (const types::RecordShape* shape =
            type == facts::kRecordOid ? types::FindRecordShape(row->type.typmod) : nullptr) {
      for (size_t i = 0; i < shape->size(); ++i) {
        auto field = std::make_unique<expr::WrapExpr>(ExprKind::kField, (*shape)[i].type);
        field->field = static_cast<uint32_t>(i);
        field->child = row->Clone();
        field->location = location;
        targets.push_back({std::move(field), (*shape)[i].name});
      }
      return;
    }
    if (type == facts::kRecordOid) {
      throw SqlError(SqlState::kFeatureNotSupported, "record type has not been registered")
          .At(location);
    }
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("type {} is not composite", state.types().Name(type)))
        .At(location);
  }
  expr::ListExpr* const whole = WholeRowIn(*row);
  for (const catalog::Column& column : relation->columns) {
    if (column.dropped) continue;
    if (whole != nullptr) {
      const auto place = static_cast<size_t>(column.attnum - 1);
      targets.push_back({std::move(whole->children[place]), column.name});
      continue;
    }
    auto field = std::make_unique<expr::WrapExpr>(ExprKind::kField, column.type);
    field->field = static_cast<uint32_t>(column.attnum - 1);
    state.UseObject(catalog::kRelationClass, relation->oid, column.attnum);
    field->child = row->Clone();
    field->location = location;
    targets.push_back({std::move(field), column.name});
  }
}

bool EndsWithStar(const ast::Node& node) {
  if (node.node_case == PG_QUERY__NODE__NODE_COLUMN_REF) {
    return IsStar(node.column_ref->fields[node.column_ref->n_fields - 1]);
  }
  if (node.node_case != PG_QUERY__NODE__NODE_A_INDIRECTION) return false;
  const PgQuery__AIndirection& indirection = *node.a_indirection;
  return indirection.n_indirection > 0 &&
         IsStar(indirection.indirection[indirection.n_indirection - 1]);
}

}  // namespace

std::vector<Target> BindTargetList(ExpressionBinder& binder, ast::Node* const* nodes, size_t count,
                                   Place place) {
  constexpr size_t kTargetsMax = 1664;
  AtPlace at(binder.level(), place);
  std::vector<Target> targets;
  for (size_t i = 0; i < count; ++i) {
    const PgQuery__ResTarget& target = *nodes[i]->res_target;
    if (EndsWithStar(*target.val)) {
      if (target.val->node_case == PG_QUERY__NODE__NODE_COLUMN_REF) {
        ExpandStar(binder, *target.val->column_ref, targets);
      } else {
        ExpandComposite(binder, *target.val->a_indirection, targets);
      }
      continue;
    }
    targets.push_back({binder.Bind(*target.val),
                       *target.name != '\0' ? std::string(target.name) : ColumnNameOf(*target.val)});
  }
  if (targets.size() > kTargetsMax) {
    throw SqlError(SqlState::kTooManyColumns,
                   fmt::format("target lists can have at most {} entries", kTargetsMax));
  }
  return targets;
}

LogicalPtr ProjectTargets(BindState& state, QueryLevel* owner, LogicalPtr child,
                          std::vector<Target>& targets, std::vector<ColumnId>* ids) {
  child = ExpandSetFunctions(state, owner, std::move(child), targets);
  auto project = std::make_unique<LogicalProject>();
  std::set<ColumnId> kept;
  for (Target& target : targets) {
    StatementColumn column{target.name, target.expression->type};
    ColumnId id = expr::kNoColumn;
    if (target.expression->kind == ExprKind::kColumn) {
      const ColumnId source = static_cast<expr::ColumnExpr&>(*target.expression).id;
      column.table = state.columns[source].table;
      column.attnum = state.columns[source].attnum;
      if (state.OwnerOf(source) == owner && kept.insert(source).second) id = source;
    }
    if (id == expr::kNoColumn) id = state.AddColumn(std::move(column), owner);
    ids->push_back(id);
    project->outputs.push_back(id);
    project->expressions.push_back(std::move(target.expression));
  }
  project->children.push_back(std::move(child));
  return project;
}

}  // namespace grizzly::planner
