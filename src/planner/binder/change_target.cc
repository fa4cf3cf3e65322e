#include "planner/binder/change_target.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error/check.h"
#include "planner/binder/assignment.h"
#include "planner/binder/table_expression.h"
#include "planner/binder/view_changeability.h"

namespace grizzly::planner {

using catalog::RelationKind;
using catalog::RelationPtr;

namespace {

constexpr std::string_view kNotSingle =
    "Views that do not select from a single table or view are not automatically updatable.";

constexpr std::string_view kNoColumns =
    "Views that have no updatable columns are not automatically updatable.";

// "insert into", "update", "delete from".
std::string_view VerbOf(std::string_view command) {
  if (command == "INSERT") return "insert into";
  return command == "UPDATE" ? "update" : "delete from";
}
std::string_view GerundOf(std::string_view command) {
  if (command == "INSERT") return "inserting into";
  return command == "UPDATE" ? "updating" : "deleting from";
}

const PgQuery__RangeVar* OnlyTableOf(const PgQuery__SelectStmt& query) {
  if (query.n_from_clause != 1) return nullptr;
  const ast::Node& from = *query.from_clause[0];
  return from.node_case == PG_QUERY__NODE__NODE_RANGE_VAR ? from.range_var : nullptr;
}

// A layer's select list and WHERE, bound over the one below.
struct BoundLayer {
  std::vector<Target> targets;
  std::vector<ExprPtr> conditions;
  std::string_view reason;  // why it returns no plain rows; empty: it does
};

BoundLayer BindLayer(BindState& state, RangeItem below, const PgQuery__SelectStmt& query) {
  QueryLevel& level = NewLevel(state, nullptr);
  level.takes_aggregates = true;
  level.select = &query;
  level.names.push_back({level.AddItem(std::move(below))});
  ExpressionBinder binder(state, level);
  BoundLayer bound;
  ++state.keep_constants;
  bound.targets =
      BindTargetList(binder, query.target_list, query.n_target_list, Place::kSelectTarget);
  bound.conditions = binder.BindCondition(query.where_clause, Place::kWhere);
  --state.keep_constants;
  for (Target& target : bound.targets) {
    target.expression = ResolveUnknown(state, std::move(target.expression));
  }
  if (!level.aggregates.empty()) {
    bound.reason = "Views that return aggregate functions are not automatically updatable.";
  } else if (!level.window_calls.empty()) {
    bound.reason = "Views that return window functions are not automatically updatable.";
  } else if (level.has_set_functions) {
    bound.reason = "Views that return set-returning functions are not automatically updatable.";
  }
  return bound;
}

}  // namespace

std::optional<std::string_view> WhyNotUpdatable(const PgQuery__SelectStmt& query) {
  if (query.n_distinct_clause > 0) {
    return "Views containing DISTINCT are not automatically updatable.";
  }
  if (query.n_group_clause > 0) return "Views containing GROUP BY are not automatically updatable.";
  if (query.having_clause != nullptr) {
    return "Views containing HAVING are not automatically updatable.";
  }
  if (query.larg != nullptr) {
    return "Views containing UNION, INTERSECT, or EXCEPT are not automatically updatable.";
  }
  if (query.with_clause != nullptr) return "Views containing WITH are not automatically updatable.";
  if (query.limit_count != nullptr || query.limit_offset != nullptr) {
    return "Views containing LIMIT or OFFSET are not automatically updatable.";
  }
  if (query.n_from_clause == 1 &&
      query.from_clause[0]->node_case == PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE) {
    return "Views containing TABLESAMPLE are not automatically updatable.";
  }
  if (OnlyTableOf(query) == nullptr) return kNotSingle;
  return std::nullopt;
}

ChangeTarget::ChangeTarget(BindState& state, const RelationPtr& named, std::string_view command,
                           int location)
    : state_(state), command_(command), named_(named) {
  table_ = named_;
  while (table_->kind == RelationKind::kView) AddLayer(table_);
  CheckMayChange(*table_, command, location);
  face_ = table_;
  if (layers_.empty()) return;
  MapColumns();
  MakeFace();
}

void ChangeTarget::ThrowNotUpdatable(const catalog::Relation& view,
                                     std::string_view reason) const {
  throw SqlError(SqlState::kObjectNotInPrerequisiteState,
                 fmt::format("cannot {} view \"{}\"", VerbOf(command_), view.name))
      .Detail(std::string(reason))
      .Hint(fmt::format("To enable {} the view, provide an INSTEAD OF {} trigger or an "
                        "unconditional ON {} DO INSTEAD rule.",
                        GerundOf(command_), command_, command_));
}

void ChangeTarget::AddLayer(RelationPtr view) {
  const BindState::DefinitionScope scope(state_, *view->view);
  state_.UseRelation(view, txn::RelationLockMode::kRowExclusive);
  const ast::Node& statement = state_.ParseQuery(view->view->query.sql);
  const PgQuery__SelectStmt& query = *statement.select_stmt;
  if (const auto reason = WhyNotUpdatable(query)) ThrowNotUpdatable(*view, *reason);
  Layer layer{view, &query, OnlyTableOf(query)};
  layers_.push_back(layer);
  table_ = RequireRelation(state_, *layer.from);
  if (table_->kind != RelationKind::kView && table_->kind != RelationKind::kTable &&
      table_->kind != RelationKind::kPartitionedTable) {
    ThrowNotUpdatable(*view, kNotSingle);
  }
}

ViewOverColumns ChangeTarget::Over(std::string_view alias,
                                   std::span<const ColumnId> columns,
                                   const SystemColumnSource& system) const {
  ViewOverColumns over;
  over.conditions.resize(layers_.size());
  RangeItem item = TableItem(table_, layers_.empty() ? alias : table_->name, columns);
  item.new_row = system.new_row;
  item.scan = system.scan;
  if (layers_.empty()) {
    over.item = std::move(item);
    return over;
  }
  for (size_t i = layers_.size(); i-- > 0;) {
    const Layer& layer = layers_[i];
    const BindState::DefinitionScope scope(state_, *layer.view->view);
    if (layer.from->alias != nullptr) item.alias = layer.from->alias->aliasname;
    RenameColumns(item, layer.from->alias, "table");
    BoundLayer bound = BindLayer(state_, std::move(item), *layer.query);
    if (!bound.reason.empty()) ThrowNotUpdatable(*layer.view, bound.reason);
    over.conditions[i] = std::move(bound.conditions);
    item = RangeItem();
    item.alias = i == 0 ? std::string(alias) : layer.view->name;
    item.relation = layer.view;
    for (size_t j = 0; j < bound.targets.size() && j < layer.view->columns.size(); ++j) {
      ExprPtr& value = bound.targets[j].expression;
      const bool plain = value->kind == expr::ExprKind::kColumn;
      const ColumnId id = plain ? static_cast<expr::ColumnExpr&>(*value).id : expr::kNoColumn;
      item.columns.push_back(
          {layer.view->columns[j].name, id, plain ? nullptr : std::move(value)});
    }
  }
  over.item = std::move(item);
  return over;
}

void ChangeTarget::MapColumns() {
  QueryLevel& level = NewLevel(state_, nullptr);
  std::vector<ColumnId> ids;
  for (const catalog::Column& column : table_->columns) {
    ids.push_back(column.dropped ? expr::kNoColumn
                                 : state_.AddColumn({column.name, column.type, table_->oid,
                                                     column.attnum}, &level));
  }
  const auto system = std::make_shared<NewRowColumns>();
  const ViewOverColumns over = Over(named_->name, ids, {system});
  bool any = false;
  for (const ScopeColumn& column : over.item.columns) {
    BaseColumn base{column.name, nullptr};
    base.is_system = column.expression == nullptr &&
                     std::any_of(system->begin(), system->end(),
                                 [&](const auto& each) { return each.second == column.id; });
    const auto found = std::find(ids.begin(), ids.end(), column.id);
    if (column.expression == nullptr && found != ids.end()) {
      base.column = &table_->columns[static_cast<size_t>(found - ids.begin())];
      any = true;
    }
    columns_.push_back(std::move(base));
  }
  if (!any && command_ != "DELETE") {
    ThrowNotUpdatable(*named_, kNoColumns);
  }
}

void ChangeTarget::MakeFace() {
  auto face = std::make_shared<catalog::Relation>(*table_);
  for (size_t i = 0; i < columns_.size(); ++i) {
    const catalog::Definition& own = named_->columns[i].default_value;
    const bool inserts = command_ == "INSERT" && !own.empty();  // the default counts as a value
    if (columns_[i].column == nullptr) {
      if (inserts) ThrowNoBaseColumn(i);
      continue;
    }
    catalog::Column& column = face->columns[columns_[i].column->attnum - 1];
    if (inserts && column.generated != '\0') {
      throw SqlError(SqlState::kGeneratedAlways,
                     fmt::format("cannot insert a non-DEFAULT value into column \"{}\"",
                                 columns_[i].name))
          .Detail(fmt::format("Column \"{}\" is a generated column.", columns_[i].name));
    }
    // INSERT falls back on the table's default, SET ... = DEFAULT does not.
    if (column.generated != '\0' || (own.empty() && command_ != "UPDATE")) continue;
    column.default_value = own;
    column.identity = '\0';
  }
  face_ = std::move(face);
}

const catalog::Column& ChangeTarget::RequireColumn(std::string_view name, int location) const {
  if (!is_view()) {
    const catalog::Column* column = table_->FindColumn(name);
    if (column == nullptr) ThrowNoTargetColumn(*table_, name, location);
    return *column;
  }
  for (const BaseColumn& column : columns_) {
    if (column.name != name) continue;
    if (column.column != nullptr) return face_->columns[column.column->attnum - 1];
    ThrowNoBaseColumn(static_cast<size_t>(&column - columns_.data()));
  }
  ThrowNoTargetColumn(*named_, name, location);
}

void ChangeTarget::ThrowNoBaseColumn(size_t i) const {
  throw SqlError(SqlState::kFeatureNotSupported,
                 fmt::format("cannot {} column \"{}\" of view \"{}\"", VerbOf(command_),
                             columns_[i].name, named_->name))
      .Detail(columns_[i].is_system
                  ? "View columns that refer to system columns are not updatable."
                  : "View columns that are not columns of their base relation are not updatable.");
}

std::vector<const catalog::Column*> ChangeTarget::Columns() const {
  std::vector<const catalog::Column*> columns;
  if (is_view()) {
    for (const BaseColumn& column : columns_) {
      columns.push_back(column.column == nullptr ? nullptr
                                                 : &face_->columns[column.column->attnum - 1]);
    }
    return columns;
  }
  for (const catalog::Column& column : table_->columns) {
    if (!column.dropped) columns.push_back(&column);
  }
  return columns;
}

std::vector<ast::Node*> ChangeTarget::Renamed(ast::Node* const* nodes, size_t count) const {
  std::vector<ast::Node*> renamed(nodes, nodes + count);
  if (!is_view()) return renamed;
  struct Copy {
    ast::Node node;
    PgQuery__ResTarget target;
    std::string name;
  };
  auto copies = std::make_shared<std::vector<Copy>>(count);
  for (size_t i = 0; i < count; ++i) {
    Copy& copy = (*copies)[i];
    copy.node = *nodes[i];
    copy.target = *nodes[i]->res_target;
    copy.name = RequireColumn(copy.target.name, copy.target.location).name;
    copy.target.name = copy.name.data();
    copy.node.res_target = &copy.target;
    renamed[i] = &copy.node;
  }
  state_.Keep(copies);
  return renamed;
}

namespace {

// A new row has no ctid yet when it is checked.
void RequireOwnColumns(const expr::Expr& condition, const NewRowColumns& system) {
  const std::vector<ColumnId> mentioned = expr::FreeColumns(condition);
  for (const auto& [attnum, id] : system) {
    if (std::find(mentioned.begin(), mentioned.end(), id) == mentioned.end()) continue;
    ThrowNotSupported("WITH CHECK OPTION over a system column");
  }
}

}  // namespace

void ChangeTarget::AddViewChecks(RowRules& rules) const {
  if (layers_.empty()) return;
  const auto system = std::make_shared<NewRowColumns>();
  ViewOverColumns over = Over(named_->name, rules.row_columns, {system});
  std::vector<RowRules::ViewCheck> checks;
  bool cascaded = false;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const char option = layers_[i].view->view->check_option;
    cascaded |= option == 'c';
    if (!cascaded && option == '\0') continue;
    std::vector<RowRules::ViewCheck> own;
    for (ExprPtr& condition : over.conditions[i]) {
      RequireOwnColumns(*condition, *system);
      own.push_back({layers_[i].view->name, std::move(condition)});
    }
    checks.insert(checks.begin(), std::make_move_iterator(own.begin()),
                  std::make_move_iterator(own.end()));
  }
  for (RowRules::ViewCheck& check : checks) rules.view_checks.push_back(std::move(check));
}

ViewChangeability ChangeabilityOf(const RelationPtr& view, const BinderInput& input) {
  ViewChangeability found;
  try {
    BindState state(input);
    const ChangeTarget target(state, view, "UPDATE", -1);
    for (const catalog::Column* column : target.Columns()) found.columns.push_back(column != nullptr);
    found.takes_updates = found.takes_deletes = true;
  } catch (const SqlError& error) {
    if (error.state() != SqlState::kObjectNotInPrerequisiteState &&
        error.state() != SqlState::kWrongObjectType) {
      throw;
    }
    found.reason = error.diagnostic().detail;
    found.takes_deletes = found.reason == kNoColumns;
    found.columns.assign(view->columns.size(), false);
  }
  return found;
}

}  // namespace grizzly::planner
