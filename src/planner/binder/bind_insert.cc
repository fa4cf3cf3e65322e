// INSERT: target columns, rows, identity and generated columns, ON CONFLICT, RETURNING.
#include <fmt/format.h>

#include "planner/binder/change_target.h"
#include "planner/binder/insert_columns.h"
#include "planner/binder/on_conflict.h"
#include "planner/binder/set_functions.h"
#include "planner/binder/table_expression.h"
#include "planner/binder/table_tree.h"

namespace grizzly::planner {

namespace {

class InsertBinder {
 public:
  InsertBinder(BindState& state, QueryLevel& level, const PgQuery__InsertStmt& insert)
      : state_(state),
        level_(level),
        insert_(insert),
        binder_(state, level),
        columns_(state, insert.override) {}

  BoundQuery Bind() {
    const PgQuery__RangeVar& name = *insert_.relation;
    change_.emplace(state_, name, "INSERT");
    relation_ = change_->table();
    const bool updates = insert_.on_conflict_clause != nullptr &&
                         insert_.on_conflict_clause->action ==
                             PG_QUERY__ON_CONFLICT_ACTION__ONCONFLICT_UPDATE;
    state_.UseRelation(relation_, txn::RelationLockMode::kRowExclusive);
    auto node = std::make_unique<LogicalInsert>();
    node->rules = MakeRowRules(state_, level_, relation_);
    node->values.resize(relation_->columns.size());
    columns_.Bind(*change_, insert_.cols, insert_.n_cols);
    BindRows(*node);
    columns_.FillDefaults(node->values);
    if (relation_->IsPartitioned()) {
      node->routing = BindRouting(state_, level_, relation_);
    } else {
      BindRowRules(state_, node->rules);
      BindPartitionCheck(state_, node->rules);
    }
    change_->AddViewChecks(node->rules);
    const std::string_view alias = name.alias == nullptr ? std::string_view(change_->named()->name)
                                                         : name.alias->aliasname;
    if (insert_.on_conflict_clause != nullptr) {
      node->on_conflict =
          BindOnConflict(state_, level_, *insert_.on_conflict_clause, *change_, alias, updates);
    }
    BoundQuery query;
    if (insert_.n_returning_list > 0) {
      QueryLevel& returning = NewLevel(state_, level_.outer);
      const auto new_row = std::make_shared<NewRowColumns>();
      returning.names.push_back(
          {returning.AddItem(change_->Over(alias, node->rules.row_columns, {new_row}).item)});
      returning.ctes.swap(level_.ctes);
      node->returning = BindReturning(state_, returning, insert_.returning_list,
                                      insert_.n_returning_list, *node, query);
      returning.ctes.swap(level_.ctes);
      node->system_columns = *new_row;
    }
    query.plan = std::move(node);
    return query;
  }

 private:
  void BindRows(LogicalInsert& node) {
    if (insert_.select_stmt == nullptr) {  // DEFAULT VALUES
      columns_.Resize(0);
      node.children.push_back(std::make_unique<LogicalOneRow>());
      return;
    }
    const PgQuery__SelectStmt& select = *insert_.select_stmt->select_stmt;
    const bool only_values = select.n_values_lists > 0 && select.n_sort_clause == 0 &&
                             select.limit_count == nullptr && select.limit_offset == nullptr &&
                             select.with_clause == nullptr && select.n_locking_clause == 0;
    if (!only_values) return BindSelect(node, select);
    if (select.n_values_lists == 1) return BindOneRow(node, *select.values_lists[0]->list);
    BindManyRows(node, select);
  }

  void BindOneRow(LogicalInsert& node, const PgQuery__List& row) {
    columns_.CheckWidth(row.n_items, row.n_items > columns_.size() ? LocationOf(row.items[columns_.size()]) : -1);
    AtPlace at(level_, Place::kInsertTarget);
    std::vector<Target> targets(row.n_items);
    for (size_t i = 0; i < row.n_items; ++i) {
      targets[i].expression = columns_.BindValue(binder_, *row.items[i], i);
    }
    // One row, or with set-returning functions several.
    node.children.push_back(ExpandSetFunctions(state_, &level_, std::make_unique<LogicalOneRow>(),
                                               targets));
    for (size_t i = 0; i < row.n_items; ++i) {
      columns_.Take(binder_, node.values, i, std::move(targets[i].expression),
                    LocationOf(row.items[i]));
    }
    columns_.Resize(row.n_items);
  }

  void BindManyRows(LogicalInsert& node, const PgQuery__SelectStmt& select) {
    auto values = std::make_unique<LogicalValues>();
    AtPlace at(level_, Place::kValues);
    const size_t width = select.values_lists[0]->list->n_items;
    for (size_t r = 0; r < select.n_values_lists; ++r) {
      const PgQuery__List& row = *select.values_lists[r]->list;
      if (row.n_items != width) {
        throw SqlError(SqlState::kSyntaxError, "VALUES lists must all be the same length")
            .At(LocationOf(row.items[0]));
      }
      if (r == 0) columns_.CheckWidth(width, width > columns_.size() ? LocationOf(row.items[columns_.size()]) : -1);
      auto& bound = values->rows.emplace_back();
      for (size_t i = 0; i < width; ++i) {
        const catalog::Column& column = columns_[i];
        ExprPtr value = columns_.BindValue(binder_, *row.items[i], i);
        if (value == nullptr) {  // DEFAULT for a generated column: a place holder nobody reads
          value = std::make_unique<expr::ConstExpr>(column.type, types::Datum::Null());
        }
        if (columns_.IsPart(i)) {
          value = CoerceToColumn(state_, std::move(value), columns_.TypeOf(i), column.name,
                                 LocationOf(row.items[i]));
        }
        bound.push_back(std::move(value));
      }
    }
    columns_.Resize(width);
    for (size_t i = 0; i < width; ++i) {
      const catalog::Column& column = columns_[i];
      const ColumnId id = state_.AddColumn({column.name, columns_.TypeOf(i)}, &level_);
      values->outputs.push_back(id);
      if (column.generated == '\0') {
        columns_.Take(binder_, node.values, i, state_.Mention(id, -1), -1);
      }
    }
    node.children.push_back(std::move(values));
  }

  void BindSelect(LogicalInsert& node, const PgQuery__SelectStmt& select) {
    BoundQuery query = QueryBinder(state_, &level_).Bind(select, /*keep_unknown=*/true);
    columns_.CheckWidth(query.outputs.size(), select.n_target_list > columns_.size()
                                         ? LocationOf(select.target_list[columns_.size()])
                                         : -1);
    columns_.Resize(query.outputs.size());
    for (size_t i = 0; i < columns_.size(); ++i) {
      const catalog::Column& column = columns_[i];
      columns_.CheckTakesValue(column);
      CoerceUntypedOutput(query, i, columns_.TypeOf(i), column);
      if (!columns_.UsesUserValue(column)) {
        node.values[column.attnum - 1] = DefaultOf(state_, column);
        continue;
      }
      ExprPtr value = state_.Mention(query.outputs[i].id, -1);
      const int location =
          i < select.n_target_list ? LocationOf(select.target_list[i]->res_target->val) : -1;
      columns_.Take(binder_, node.values, i, std::move(value), location);
    }
    ResolveUnknownOutputs(state_, query);
    node.children.push_back(std::move(query.plan));
  }

  // An untyped literal of the select list takes the column's type where it stands.
  void CoerceUntypedOutput(BoundQuery& query, size_t i, const SqlType& type,
                           const catalog::Column& column) {
    if (query.projection == nullptr) return;
    for (size_t at = 0; at < query.projection->outputs.size(); ++at) {
      ExprPtr& expression = query.projection->expressions[at];
      if (query.projection->outputs[at] != query.outputs[i].id || !IsUntypedLiteral(*expression)) {
        continue;
      }
      const int location = expression->location;
      expression =
          CoerceToColumn(state_, std::move(expression), type, column.name, location);
      state_.columns[query.outputs[i].id].type = expression->type;
    }
  }

  BindState& state_;
  QueryLevel& level_;
  const PgQuery__InsertStmt& insert_;
  ExpressionBinder binder_;
  std::optional<ChangeTarget> change_;
  catalog::RelationPtr relation_;
  InsertColumns columns_;
};

}  // namespace

BoundQuery BindInsert(BindState& state, QueryLevel* outer, const PgQuery__InsertStmt& insert) {
  QueryLevel& level = NewLevel(state, outer);
  std::vector<LogicalPtr> plans;
  if (insert.with_clause != nullptr) BindWith(state, level, *insert.with_clause, &plans);
  BoundQuery query = InsertBinder(state, level, insert).Bind();
  if (insert.with_clause != nullptr) {
    query.plan =
        WrapInWith(level, *insert.with_clause, std::move(plans), std::move(query.plan));
  }
  return query;
}

}  // namespace grizzly::planner
