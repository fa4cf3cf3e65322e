// FROM: tables, views, subqueries, functions, joins.
#include <fmt/format.h>

#include "base/error/check.h"
#include "functions/session/sequence_scan.h"
#include "planner/binder/bind_type_name.h"
#include "planner/binder/from_binder.h"
#include "planner/binder/function_call.h"
#include "planner/binder/locking.h"
#include "planner/binder/table_tree.h"
#include "planner/logical/free_columns.h"

namespace grizzly::planner {

LogicalPtr JoinLogical(LogicalPtr left, LogicalPtr right) {
  if (left == nullptr) return right;
  auto join = std::make_unique<LogicalJoin>();
  join->lateral = DependsOn(*right, *left);
  join->children.push_back(std::move(left));
  join->children.push_back(std::move(right));
  return join;
}

namespace {

void AddProduced(const LogicalNode& node, std::vector<ColumnId>& ids) {
  ForEachProducedColumn(node, [&](ColumnId id) { ids.push_back(id); });
  for (const LogicalPtr& child : node.children) AddProduced(*child, ids);
}

}  // namespace

bool DependsOn(const LogicalNode& right, const LogicalNode& left) {
  if (right.kind == LogicalKind::kScan) return false;
  const std::vector<ColumnId> free = FreeColumns(right);
  if (free.empty()) return false;
  std::vector<ColumnId> produced;
  AddProduced(left, produced);
  std::sort(produced.begin(), produced.end());
  return std::any_of(free.begin(), free.end(), [&](ColumnId id) {
    return std::binary_search(produced.begin(), produced.end(), id);
  });
}

void RenameColumns(RangeItem& item, const PgQuery__Alias* alias, std::string_view what) {
  if (alias == nullptr) return;
  if (alias->n_colnames > item.columns.size()) {
    throw SqlError(SqlState::kInvalidColumnReference,
                   fmt::format("{} \"{}\" has {} columns available but {} columns specified", what,
                               item.alias, item.columns.size(), alias->n_colnames));
  }
  for (size_t i = 0; i < alias->n_colnames; ++i) {
    item.columns[i].name = StringOf(alias->colnames[i]);
  }
}

BoundScan ScanTable(BindState& state, QueryLevel& level, const catalog::RelationPtr& relation,
                    std::string_view alias, bool only) {
  auto scan = std::make_unique<LogicalScan>();
  scan->relation = relation;
  scan->alias = alias;
  scan->only = only;
  scan->scan_id = state.NextScanId();
  RangeItem item;
  item.alias = alias;
  item.relation = relation;
  item.scan = scan.get();
  for (const catalog::Column& column : relation->columns) {
    if (column.dropped) continue;
    const ColumnId id =
        state.AddColumn({column.name, column.type, relation->oid, column.attnum}, &level);
    scan->attnums.push_back(column.attnum);
    scan->outputs.push_back(id);
    item.columns.push_back(
        {column.name, id, nullptr, state.IsYounger(relation->oid, column.attnum)});
  }
  return {std::move(scan), level.AddItem(std::move(item))};
}

LogicalPtr BindFrom(BindState& state, QueryLevel& level, ast::Node* const* nodes, size_t count) {
  FromBinder binder(state, level);
  LogicalPtr plan;
  for (size_t i = 0; i < count; ++i) {
    FromBinder::Item item = binder.Bind(*nodes[i]);
    plan = JoinLogical(std::move(plan), std::move(item.plan));
    binder.CheckConflicts(level.names, item.names);
    for (NamespaceEntry& entry : item.names) {
      entry.lateral_only = true;
      level.names.push_back(entry);
    }
  }
  for (NamespaceEntry& entry : level.names) {
    entry.lateral_only = false;
    entry.lateral_ok = true;
  }
  return plan;
}

void FromBinder::CheckConflicts(const Namespace& a, const Namespace& b) {
  for (const NamespaceEntry& left : a) {
    for (const NamespaceEntry& right : b) {
      if (!left.by_name || !right.by_name || left.item->alias != right.item->alias) continue;
      const bool other_schema = left.item->relation != nullptr && right.item->relation != nullptr &&
                                left.item->relation != right.item->relation &&
                                left.item->alias == left.item->relation->name &&
                                right.item->alias == right.item->relation->name;
      if (other_schema) continue;
      throw SqlError(SqlState::kDuplicateAlias,
                     fmt::format("table name \"{}\" specified more than once", left.item->alias));
    }
  }
}

FromBinder::Item FromBinder::Bind(const ast::Node& node) {
  CheckStackDepth();
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_RANGE_VAR: return BindTable(*node.range_var);
    case PG_QUERY__NODE__NODE_RANGE_SUBSELECT: return BindSubselect(*node.range_subselect);
    case PG_QUERY__NODE__NODE_RANGE_FUNCTION: return BindFunctions(*node.range_function);
    case PG_QUERY__NODE__NODE_RANGE_TABLE_FUNC: return BindXmlTable(*node.range_table_func);
    case PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE: return BindSample(*node.range_table_sample);
    case PG_QUERY__NODE__NODE_JOIN_EXPR: return BindJoin(*node.join_expr);
    default: ThrowNotSupported("this FROM item", LocationOf(&node));
  }
}

FromBinder::Item FromBinder::MakeItem(LogicalPtr plan, RangeItem* item) {
  Item made;
  made.plan = std::move(plan);
  made.row = item;
  made.names.push_back({item});
  return made;
}

// ---- tables and views ----

FromBinder::Item FromBinder::BindTable(const PgQuery__RangeVar& name) {
  if (*name.schemaname == '\0') {
    if (Cte* cte = FindCte(&level_, name.relname)) return BindCte(*cte, name);
  }
  const catalog::RelationPtr relation = RequireRelation(state_, name);
  const std::string_view alias =
      name.alias == nullptr ? std::string_view(relation->name) : name.alias->aliasname;
  using Kind = catalog::RelationKind;
  if (relation->kind == Kind::kIndex || relation->kind == Kind::kPartitionedIndex ||
      relation->kind == Kind::kCompositeType) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot open relation \"{}\"", relation->name))
        .Detail(relation->kind == Kind::kCompositeType
                    ? "This operation is not supported for composite types."
                    : "This operation is not supported for indexes.")
        .At(name.location);
  }
  if (relation->kind == Kind::kSequence) return BindSequence(relation, name);
  if (relation->kind != Kind::kTable && relation->kind != Kind::kMaterializedView &&
      relation->kind != Kind::kView && !relation->IsPartitioned()) {
    ThrowNotSupported("reading a relation of this kind", name.location);
  }
  UseTree(state_, relation, !name.inh || relation->kind == Kind::kView,
          txn::RelationLockMode::kAccessShare);
  if (relation->kind == Kind::kView) return BindView(relation, alias, name);
  BoundScan scan = ScanTable(state_, level_, relation, alias, !name.inh);
  RenameColumns(*scan.item, name.alias, "table");
  return MakeItem(std::move(scan.plan), scan.item);
}

// A sequence is a table of one row.
FromBinder::Item FromBinder::BindSequence(const catalog::RelationPtr& sequence,
                                          const PgQuery__RangeVar& name) {
  state_.UseRelation(sequence, txn::RelationLockMode::kAccessShare);
  auto call = std::make_shared<functions::CallSite>();
  call->result_type = state_.types().Make(facts::kInt8Oid);
  call->argument_types = {state_.types().Make(facts::kOidOid)};
  auto set = std::make_unique<expr::SetFunctionExpr>(call->result_type);
  set->call = std::move(call);
  set->name = sequence->name;
  set->function = &functions::SequenceScan;
  set->arguments.push_back(std::make_unique<expr::ConstExpr>(
      state_.types().Make(facts::kOidOid), types::Datum::Of(sequence->oid)));
  auto scan = std::make_unique<LogicalFunctionScan>();
  RangeItem item;
  item.alias = name.alias == nullptr ? sequence->name : name.alias->aliasname;
  item.relation = sequence;
  scan->alias = item.alias;
  constexpr std::pair<const char*, Oid> kColumns[] = {
      {"last_value", facts::kInt8Oid}, {"log_cnt", facts::kInt8Oid}, {"is_called", facts::kBoolOid}};
  AttributeNumber attnum = 0;
  for (const auto& [column, type] : kColumns) {
    set->column_types.push_back(state_.types().Make(type));
    const ColumnId id =
        state_.AddColumn({column, set->column_types.back(), sequence->oid, ++attnum}, &level_);
    scan->outputs.push_back(id);
    item.columns.push_back({column, id, nullptr});
  }
  scan->functions.push_back({std::move(set), static_cast<uint32_t>(std::size(kColumns))});
  RangeItem* added = level_.AddItem(std::move(item));
  RenameColumns(*added, name.alias, "table");
  return MakeItem(std::move(scan), added);
}

FromBinder::Item FromBinder::BindView(const catalog::RelationPtr& view, std::string_view alias,
                                      const PgQuery__RangeVar& name) {
  GRIZZLY_CHECK(view->view.has_value());
  std::vector<bool> nameless;
  for (const catalog::Column& column : view->columns) {
    nameless.push_back(state_.IsYounger(view->oid, column.attnum));
  }
  const BindState::DefinitionScope definition(state_, *view->view);
  const ast::Node& statement = state_.ParseQuery(view->view->query.sql);
  if (auto locking = LockingOfView(state_, level_, alias); !locking.empty()) {
    state_.view_locking.emplace(statement.select_stmt, std::move(locking));
  }
  BoundQuery query = QueryBinder(state_, nullptr).Bind(*statement.select_stmt);
  // The view's columns are its own: that is what clients are told.
  auto project = std::make_unique<LogicalProject>();
  RangeItem item;
  item.alias = alias;
  item.relation = view;
  size_t next = 0;
  for (const catalog::Column& column : view->columns) {
    if (column.dropped || next >= query.outputs.size()) continue;
    const ColumnId inner = query.outputs[next++].id;
    const ColumnId id = state_.AddColumn(
        {column.name, state_.columns[inner].type, view->oid, column.attnum}, &level_);
    project->outputs.push_back(id);
    project->expressions.push_back(state_.Mention(inner, -1));
    item.columns.push_back({column.name, id, nullptr, nameless[column.attnum - 1]});
  }
  project->children.push_back(std::move(query.plan));
  RangeItem* added = level_.AddItem(std::move(item));
  RenameColumns(*added, name.alias, "table");
  if (!view->view->security_barrier) return MakeItem(std::move(project), added);
  // No condition of the statement may see a row before the view's own have: filters stop at a LIMIT.
  auto barrier = std::make_unique<LogicalLimit>();
  barrier->children.push_back(std::move(project));
  return MakeItem(std::move(barrier), added);
}

FromBinder::Item FromBinder::BindCte(Cte& cte, const PgQuery__RangeVar& name) {
  ++cte.reference_count;
  if (cte.modifies && cte.column_types.empty()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("WITH query \"{}\" does not have a RETURNING clause", cte.name))
        .At(name.location);
  }
  auto scan = std::make_unique<LogicalCteScan>(cte.in_progress ? LogicalKind::kWorkTable
                                                               : LogicalKind::kCteScan);
  scan->cte_id = cte.id;
  RangeItem item;
  item.alias = name.alias == nullptr ? cte.name : name.alias->aliasname;
  item.is_subquery = true;
  scan->alias = item.alias;
  for (size_t i = 0; i < cte.column_types.size(); ++i) {
    const ColumnId id = state_.AddColumn({cte.column_names[i], cte.column_types[i]}, &level_);
    scan->outputs.push_back(id);
    item.columns.push_back({cte.column_names[i], id, nullptr});
  }
  RangeItem* added = level_.AddItem(std::move(item));
  RenameColumns(*added, name.alias, "table");
  return MakeItem(std::move(scan), added);
}

FromBinder::Item FromBinder::BindSubselect(const PgQuery__RangeSubselect& node) {
  const bool before = level_.lateral_active;
  level_.lateral_active = node.lateral;
  BoundQuery query;
  {
    AtPlace at(level_, Place::kFromSubselect);
    query = QueryBinder(state_, &level_).Bind(*node.subquery->select_stmt);
  }
  level_.lateral_active = before;
  RangeItem item;
  item.alias = node.alias == nullptr ? "" : node.alias->aliasname;
  item.is_subquery = true;
  for (const OutputColumn& output : query.outputs) {
    state_.SetOwner(output.id, &level_);
    item.columns.push_back({output.name, output.id, nullptr});
  }
  RangeItem* added = level_.AddItem(std::move(item));
  RenameColumns(*added, node.alias, "table");
  return MakeItem(std::move(query.plan), added);
}

}  // namespace grizzly::planner
