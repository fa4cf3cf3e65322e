#include "planner/binder/scope.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalog/schema_lookup.h"
#include "catalog/inheritance.h"
#include "planner/binder/coerce.h"
#include "planner/binder/name_hints.h"
#include "planner/binder/row_shape.h"
#include "types/record_shape.h"

namespace grizzly::planner {

std::string_view PlaceName(Place place) {
  switch (place) {
    case Place::kUpdateSource:
    case Place::kUpdateTarget: return "UPDATE";
    case Place::kInsertTarget: return "VALUES";
    case Place::kGroupBy: return "GROUP BY";
    case Place::kOrderBy: return "ORDER BY";
    case Place::kDistinctOn: return "DISTINCT ON";
    case Place::kLimit: return "LIMIT";
    case Place::kOffset: return "OFFSET";
    case Place::kReturning: return "RETURNING";
    case Place::kValues: return "VALUES";
    case Place::kWhere: return "WHERE";
    case Place::kHaving: return "HAVING";
    case Place::kFilter: return "FILTER";
    case Place::kJoinOn: return "JOIN conditions";
    case Place::kJoinUsing: return "JOIN/USING";
    case Place::kFromFunction: return "functions in FROM";
    case Place::kWindowPartition: return "window definitions";
    case Place::kWindowOrder: return "window definitions";
    case Place::kWindowRange: return "window RANGE";
    case Place::kWindowRows: return "window ROWS";
    case Place::kWindowGroups: return "window GROUPS";
    case Place::kDefault: return "DEFAULT expressions";
    case Place::kCheck:
    case Place::kDomainCheck: return "check constraints";
    case Place::kGenerated: return "column generation expressions";
    case Place::kIndexExpression: return "index expressions";
    case Place::kIndexPredicate: return "index predicates";
    case Place::kAlterUsing: return "transform expressions";
    case Place::kExecuteParameter: return "EXECUTE parameters";
    case Place::kPartitionBound: return "partition bound";
    case Place::kPartitionKey: return "partition key expressions";
    case Place::kPolicy: return "policy expressions";
    case Place::kCopyWhere: return "COPY FROM WHERE conditions";
    case Place::kMergeWhen: return "MERGE WHEN conditions";
    default: return "SELECT";
  }
}

QueryLevel& NewLevel(BindState& state, QueryLevel* outer) {
  auto level = std::make_shared<QueryLevel>();
  level->outer = outer;
  state.Keep(level);
  return *level;
}

ExprPtr MentionColumn(BindState& state, const RangeItem& item, size_t column, int location) {
  const ScopeColumn& found = item.columns[column];
  if (found.expression == nullptr) return state.Mention(found.id, location);
  ExprPtr merged = found.expression->Clone();
  merged->location = location;
  for (const ColumnId id : expr::FreeColumns(*merged)) state.MarkMentioned(id);
  return merged;
}

namespace {

[[noreturn]] void ThrowLateralReference(const NamespaceEntry& entry, int location) {
  throw SqlError(SqlState::kInvalidColumnReference,
                 fmt::format("invalid reference to FROM-clause entry for table \"{}\"",
                             entry.item->alias))
      .Detail("The combining JOIN type must be INNER or LEFT for a LATERAL reference.")
      .At(location);
}

// -1: none. Throws when the item has the name twice.
int PositionOf(const RangeItem& item, std::string_view name, int location) {
  int found = -1;
  for (size_t i = 0; i < item.columns.size(); ++i) {
    if (item.columns[i].nameless || item.columns[i].name != name) continue;
    if (found >= 0) {
      throw SqlError(SqlState::kAmbiguousColumn,
                     fmt::format("column reference \"{}\" is ambiguous", name))
          .At(location);
    }
    found = static_cast<int>(i);
  }
  return found;
}

struct SystemColumn {
  std::string_view name;
  AttributeNumber attnum;
  Oid type;
};
constexpr SystemColumn kSystemColumns[] = {
    {"tableoid", kTableOidAttribute, facts::kOidOid}, {"ctid", kCtidAttribute, facts::kTidOid},
    {"xmin", kXminAttribute, facts::kXidOid},         {"cmin", -3, facts::kCidOid},
    {"xmax", -4, facts::kXidOid},                     {"cmax", -5, facts::kCidOid},
};

// The table of a row that is no scan's: one being checked or returned.
ExprPtr TableOidOfRow(BindState& state, const RangeItem& item, std::string_view name,
                      int location) {
  const bool is_row = name == "tableoid" && item.relation != nullptr &&
                      item.relation->kind == catalog::RelationKind::kTable &&
                      !catalog::HasChildren(state.catalog(), item.relation->oid);
  if (!is_row) return nullptr;
  auto oid = std::make_unique<expr::ConstExpr>(state.types().Make(facts::kOidOid),
                                               types::Datum::Of(item.relation->oid));
  oid->location = location;
  return oid;
}

ExprPtr MentionNewRow(BindState& state, const RangeItem& item, const SystemColumn& column,
                      int location) {
  if (ExprPtr oid = TableOidOfRow(state, item, column.name, location)) return oid;
  if (item.new_row == nullptr) return nullptr;
  const auto [place, added] = item.new_row->try_emplace(column.attnum, expr::kNoColumn);
  if (added) {
    const ColumnId any = item.columns.empty() ? expr::kNoColumn : item.columns[0].id;
    place->second = state.AddColumn({std::string(column.name), state.types().Make(column.type),
                                     item.relation->oid, column.attnum},
                                    state.OwnerOf(any));
  }
  return state.Mention(place->second, location);
}

ExprPtr FindSystemColumn(BindState& state, RangeItem& item, std::string_view name, int location) {
  for (const SystemColumn& column : kSystemColumns) {
    if (column.name != name) continue;
    if (item.scan == nullptr) return MentionNewRow(state, item, column, location);
    LogicalScan& scan = *item.scan;
    for (size_t i = 0; i < scan.attnums.size(); ++i) {
      if (scan.attnums[i] == column.attnum) return state.Mention(scan.outputs[i], location);
    }
    const ColumnId any = scan.outputs.empty() ? expr::kNoColumn : scan.outputs[0];
    const ColumnId id =
        state.AddColumn({std::string(name), state.types().Make(column.type), item.relation->oid,
                         column.attnum},
                        state.OwnerOf(any));
    scan.attnums.push_back(column.attnum);
    scan.outputs.push_back(id);
    return state.Mention(id, location);
  }
  return nullptr;
}

}  // namespace

ExprPtr FindColumn(BindState& state, QueryLevel& level, std::string_view name, int location) {
  for (QueryLevel* at = &level; at != nullptr; at = at->outer) {
    const NamespaceEntry* found = nullptr;
    int position = -1;
    for (const NamespaceEntry& entry : at->names) {
      if (!entry.by_column || (entry.lateral_only && !at->lateral_active)) continue;
      const int here = PositionOf(*entry.item, name, location);
      if (here < 0) continue;
      if (found != nullptr) {
        throw SqlError(SqlState::kAmbiguousColumn,
                       fmt::format("column reference \"{}\" is ambiguous", name))
            .At(location);
      }
      if (entry.lateral_only && !entry.lateral_ok) ThrowLateralReference(entry, location);
      found = &entry;
      position = here;
    }
    if (found != nullptr) return MentionColumn(state, *found->item, position, location);
    // System columns of the only table are visible without qualification.
    for (const NamespaceEntry& entry : at->names) {
      if (!entry.by_column || (entry.lateral_only && !at->lateral_active)) continue;
      if (ExprPtr system = FindSystemColumn(state, *entry.item, name, location)) return system;
    }
  }
  return nullptr;
}

RangeItem* FindItem(BindState& state, QueryLevel& level, std::string_view schema,
                    std::string_view alias, int location) {
  for (QueryLevel* at = &level; at != nullptr; at = at->outer) {
    const NamespaceEntry* found = nullptr;
    for (const NamespaceEntry& entry : at->names) {
      if (!entry.by_name || entry.item->alias != alias) continue;
      if (entry.lateral_only && !at->lateral_active) continue;
      if (!schema.empty()) {
        const catalog::Schema* owner =
            entry.item->relation == nullptr ? nullptr
                                            : state.catalog().FindSchema(entry.item->relation->schema);
        if (owner == nullptr || owner->name != schema ||
            entry.item->relation->name != entry.item->alias) {
          continue;
        }
      }
      if (found != nullptr) {
        throw SqlError(SqlState::kAmbiguousAlias,
                       fmt::format("table reference \"{}\" is ambiguous", alias))
            .At(location);
      }
      found = &entry;
    }
    if (found == nullptr) continue;
    if (found->lateral_only && !found->lateral_ok) ThrowLateralReference(*found, location);
    return found->item;
  }
  return nullptr;
}

ExprPtr FindColumnOf(BindState& state, RangeItem& item, std::string_view name, int location) {
  const int position = PositionOf(item, name, location);
  if (position >= 0) return MentionColumn(state, item, position, location);
  return FindSystemColumn(state, item, name, location);
}

int32_t ShapeOfRow(const expr::ListExpr& row) {
  types::RecordShape shape;
  for (size_t i = 0; i < row.children.size(); ++i) {
    shape.push_back({row.names.empty() ? fmt::format("f{}", i + 1) : row.names[i],
                     row.children[i]->type});
  }
  return types::RegisterRecordShape(shape);
}

expr::ListExpr* WholeRowIn(expr::Expr& expression) {
  const auto form_of = [](const expr::Expr& row) {
    return row.kind == expr::ExprKind::kRow
               ? static_cast<RowForm>(static_cast<const expr::ListExpr&>(row).choice)
               : RowForm::kFields;
  };
  if (form_of(expression) == RowForm::kWholeRow) return static_cast<expr::ListExpr*>(&expression);
  if (expression.kind != expr::ExprKind::kCase) return nullptr;
  expr::Expr& otherwise = *static_cast<expr::CaseExpr&>(expression).otherwise;
  return form_of(otherwise) == RowForm::kGuardedRow ? static_cast<expr::ListExpr*>(&otherwise)
                                                    : nullptr;
}

const expr::ListExpr* WholeRowIn(const expr::Expr& expression) {
  return WholeRowIn(const_cast<expr::Expr&>(expression));
}

expr::ListExpr* RowIn(expr::Expr& expression) {
  if (expression.kind == expr::ExprKind::kRow) return static_cast<expr::ListExpr*>(&expression);
  return WholeRowIn(expression);
}

namespace {

std::unique_ptr<expr::ListExpr> FieldsOfItem(BindState& state, RangeItem& item, int location) {
  const bool typed = item.relation != nullptr && item.relation->row_type != kInvalidOid;
  auto row = std::make_unique<expr::ListExpr>(
      expr::ExprKind::kRow,
      state.types().Make(typed ? item.relation->row_type : facts::kRecordOid),
      static_cast<uint8_t>(RowForm::kWholeRow));
  row->location = location;
  size_t next = 0;
  if (typed) {
    for (const catalog::Column& column : item.relation->columns) {
      row->children.push_back(column.dropped ? MakeNull(state, facts::kInt4Oid)
                                             : MentionColumn(state, item, next++, location));
    }
    return row;
  }
  for (size_t i = 0; i < item.columns.size(); ++i) {
    if (item.columns[i].nameless) continue;
    row->children.push_back(MentionColumn(state, item, i, location));
    row->names.emplace_back(item.columns[i].name);
  }
  row->type.typmod = ShapeOfRow(*row);
  return row;
}

// A column of the item that is NULL only where an outer join has no row of it.
ColumnId PresenceOf(BindState& state, RangeItem& item, int location) {
  if (item.presence != expr::kNoColumn) return item.presence;
  if (item.scan != nullptr) {
    size_t next = 0;
    for (const catalog::Column& column : item.relation->columns) {
      if (column.dropped) continue;
      if (column.not_null) return item.presence = item.columns[next].id;
      ++next;
    }
    const ExprPtr table = FindSystemColumn(state, item, "tableoid", location);
    return item.presence = static_cast<const expr::ColumnExpr&>(*table).id;
  }
  LogicalPtr& side = item.nulled_by->children[item.nulled_side];
  auto project = std::make_unique<LogicalProject>();
  QueryLevel* const owner =
      item.columns.empty() ? nullptr : state.OwnerOf(item.columns[0].id);
  item.presence = state.AddColumn({"present", state.types().Make(facts::kBoolOid)}, owner);
  project->outputs.push_back(item.presence);
  project->expressions.push_back(
      std::make_unique<expr::ConstExpr>(state.types().Make(facts::kBoolOid), types::Datum::Of(true)));
  project->children.push_back(std::move(side));
  state.MarkPassing(*project);
  side = std::move(project);
  return item.presence;
}

// A row that is being checked or made has no system columns yet.
void RefuseSystemColumn(Place place, std::string_view name, int location) {
  const bool is_system = std::any_of(std::begin(kSystemColumns), std::end(kSystemColumns),
                                     [name](const SystemColumn& column) { return column.name == name; });
  if (!is_system) return;
  switch (place) {
    case Place::kCheck:
      throw SqlError(SqlState::kInvalidColumnReference,
                     fmt::format("system column \"{}\" reference in check constraint is invalid", name))
          .At(location);
    case Place::kGenerated:
      throw SqlError(SqlState::kInvalidColumnReference,
                     fmt::format("cannot use system column \"{}\" in column generation expression", name))
          .At(location);
    case Place::kIndexExpression:
    case Place::kIndexPredicate:
      throw SqlError(SqlState::kFeatureNotSupported, "index creation on system columns is not supported");
    case Place::kPartitionKey:
      throw SqlError(SqlState::kInvalidObjectDefinition,
                     "partition key expressions cannot contain system column references");
    default: return;
  }
}

}  // namespace

ExprPtr WholeRow(BindState& state, RangeItem& item, int location) {
  if (item.is_scalar_function && !item.columns.empty()) {
    return MentionColumn(state, item, 0, location);
  }
  std::unique_ptr<expr::ListExpr> row = FieldsOfItem(state, item, location);
  if (item.nulled_by == nullptr || item.is_join) return row;  // joins have no rows of their own
  row->choice = static_cast<uint8_t>(RowForm::kGuardedRow);
  auto is_absent = std::make_unique<expr::ListExpr>(
      expr::ExprKind::kNullTest, state.types().Make(facts::kBoolOid),
      static_cast<uint8_t>(expr::NullTestKind::kIsNull));
  is_absent->children.push_back(state.Mention(PresenceOf(state, item, location), location));
  auto guarded = std::make_unique<expr::CaseExpr>(row->type);
  guarded->location = location;
  guarded->branches.push_back(
      {std::move(is_absent), std::make_unique<expr::ConstExpr>(row->type, types::Datum::Null())});
  guarded->otherwise = std::move(row);
  return guarded;
}

void ThrowNoColumn(QueryLevel& level, std::string_view qualifier, std::string_view name,
                   int location) {
  RefuseSystemColumn(level.place, name, location);
  const std::string message =
      qualifier.empty() ? fmt::format("column \"{}\" does not exist", name)
                        : fmt::format("column {}.{} does not exist", qualifier, name);
  SqlError error(SqlState::kUndefinedColumn, message);
  const std::string hint = ColumnHint(level, qualifier, name);
  if (!hint.empty()) std::move(error).Hint(hint);
  throw std::move(error).At(location);
}

void ThrowNoItem(BindState& state, QueryLevel& level, std::string_view schema,
                 std::string_view alias, int location) {
  for (QueryLevel* at = &level; at != nullptr; at = at->outer) {
    for (const auto& item : at->items) {
      const bool is_alias = item->alias == alias;
      const bool is_relation = item->relation != nullptr && item->relation->name == alias;
      if (!is_alias && !is_relation) continue;
      SqlError error(SqlState::kUndefinedTable,
                     fmt::format("invalid reference to FROM-clause entry for table \"{}\"", alias));
      if (!is_alias) {
        std::move(error).Hint(
            fmt::format("Perhaps you meant to reference the table alias \"{}\".", item->alias));
      } else {
        std::move(error).Hint(
            fmt::format("There is an entry for table \"{}\", but it cannot be referenced from this "
                        "part of the query.",
                        item->alias));
      }
      throw std::move(error).At(location);
    }
  }
  (void)state;
  (void)schema;
  throw SqlError(SqlState::kUndefinedTable,
                 fmt::format("missing FROM-clause entry for table \"{}\"", alias))
      .At(location);
}

std::string QualifiedName(const QueryLevel& level, ColumnId id) {
  for (const auto& item : level.items) {
    if (item->is_join) continue;
    for (const ScopeColumn& column : item->columns) {
      if (column.id == id) return fmt::format("{}.{}", item->alias, column.name);
    }
    if (item->scan == nullptr) continue;
    for (size_t i = 0; i < item->scan->outputs.size(); ++i) {
      if (item->scan->outputs[i] != id) continue;
      for (const SystemColumn& column : kSystemColumns) {
        if (column.attnum == item->scan->attnums[i]) {
          return fmt::format("{}.{}", item->alias, column.name);
        }
      }
    }
  }
  return "";
}

catalog::RelationPtr RequireRelation(BindState& state, const PgQuery__RangeVar& name) {
  const std::string_view schema = name.schemaname;
  const std::string_view relation = name.relname;
  const std::string_view database = name.catalogname;
  if (!database.empty() && database != state.input().current_database) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cross-database references are not implemented: \"{}.{}.{}\"", database,
                               schema, relation))
        .At(name.location);
  }
  catalog::RelationPtr found;
  if (schema.empty()) {
    found = state.search_path().FindRelation(state.catalog(), relation);
  } else if (const catalog::Schema* in = catalog::FindSchema(state.catalog(), state.search_path(), schema)) {
    found = state.catalog().FindRelation(in->oid, relation);
  }
  if (found != nullptr) return found;
  throw SqlError(SqlState::kUndefinedTable,
                 schema.empty() ? fmt::format("relation \"{}\" does not exist", relation)
                                : fmt::format("relation \"{}.{}\" does not exist", schema, relation))
      .At(name.location);
}

Cte* FindCte(QueryLevel* level, std::string_view name) {
  for (; level != nullptr; level = level->outer) {
    for (const auto& cte : level->ctes) {
      if (cte->name == name) return cte.get();
    }
  }
  return nullptr;
}

}  // namespace grizzly::planner
