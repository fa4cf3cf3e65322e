// INSERT: target columns, rows, identity and generated columns, ON CONFLICT, RETURNING.
#include <fmt/format.h>

#include "planner/binder/assignment.h"
#include "planner/binder/change_target.h"
#include "planner/binder/on_conflict.h"
#include "planner/binder/table_expression.h"

namespace grizzly::planner {

namespace {

struct InsertColumn {
  const catalog::Column* column = nullptr;
  int location = -1;
  const PgQuery__ResTarget* element = nullptr;  // a[1]: part of the column is given
};

class InsertBinder {
 public:
  InsertBinder(BindState& state, QueryLevel& level, const PgQuery__InsertStmt& insert)
      : state_(state), level_(level), insert_(insert), binder_(state, level) {}

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
    BindColumns();
    BindRows(*node);
    FillDefaults(*node);
    BindRowRules(state_, node->rules);
    change_->AddViewChecks(node->rules);
    const std::string_view alias = name.alias == nullptr ? std::string_view(change_->named()->name)
                                                         : name.alias->aliasname;
    if (insert_.on_conflict_clause != nullptr) {
      if (change_->is_view()) ThrowNotSupported("ON CONFLICT through a view");
      node->on_conflict = BindOnConflict(state_, *insert_.on_conflict_clause, relation_, alias, updates);
    }
    BoundQuery query;
    if (insert_.n_returning_list > 0) {
      QueryLevel& returning = NewLevel(state_, level_.outer);
      returning.names.push_back(
          {returning.AddItem(change_->Over(alias, node->rules.row_columns).item)});
      node->returning = BindReturning(state_, returning, insert_.returning_list,
                                      insert_.n_returning_list, *node, query);
    }
    query.plan = std::move(node);
    return query;
  }

 private:
  void BindColumns() {
    if (insert_.n_cols == 0) {
      for (const catalog::Column* column : change_->Columns()) columns_.push_back({column, -1});
      implicit_columns_ = true;
      return;
    }
    for (size_t i = 0; i < insert_.n_cols; ++i) {
      const PgQuery__ResTarget& target = *insert_.cols[i]->res_target;
      const catalog::Column* column = &change_->RequireColumn(target.name, target.location);
      const bool is_element = target.n_indirection > 0;
      for (const InsertColumn& other : columns_) {
        if (other.column != column || (is_element && other.element != nullptr)) continue;
        throw SqlError(SqlState::kDuplicateColumn,
                       fmt::format("column \"{}\" specified more than once", target.name))
            .At(target.location);
      }
      columns_.push_back({column, target.location, is_element ? &target : nullptr});
    }
  }

  // What a value for the target has to be.
  SqlType TypeOf(const InsertColumn& target) const {
    return target.element == nullptr ? target.column->type
                                     : ElementTargetType(state_, *target.element, *target.column);
  }
  // A value as it was bound becomes the column's, or a part of it: parts begin from NULL.
  void Take(LogicalInsert& node, const InsertColumn& target, ExprPtr value, int location) {
    const catalog::Column& column = *target.column;
    ExprPtr& slot = node.values[column.attnum - 1];
    if (target.element == nullptr) {
      slot = CoerceToColumn(state_, std::move(value), column.type, column.name, location);
      return;
    }
    if (slot == nullptr) {
      slot = std::make_unique<expr::ConstExpr>(column.type, types::Datum::Null());
    }
    slot = PutElement(binder_, *target.element, column, std::move(slot), std::move(value));
  }

  bool UsesUserValue(const catalog::Column& column) const {
    return !(insert_.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_USER_VALUE &&
             column.identity != '\0');
  }

  // A value (not DEFAULT) is given for the column.
  void CheckTakesValue(const catalog::Column& column) const {
    const auto refuse = [&](std::string detail, std::string hint) {
      SqlError error(SqlState::kGeneratedAlways,
                     fmt::format("cannot insert a non-DEFAULT value into column \"{}\"",
                                 column.name));
      std::move(error).Detail(std::move(detail));
      if (!hint.empty()) std::move(error).Hint(std::move(hint));
      throw error;
    };
    if (column.generated != '\0') {
      refuse(fmt::format("Column \"{}\" is a generated column.", column.name), "");
    }
    if (column.identity == 'a' &&
        insert_.override != PG_QUERY__OVERRIDING_KIND__OVERRIDING_SYSTEM_VALUE &&
        insert_.override != PG_QUERY__OVERRIDING_KIND__OVERRIDING_USER_VALUE) {
      refuse(fmt::format("Column \"{}\" is an identity column defined as GENERATED ALWAYS.",
                         column.name),
             "Use OVERRIDING SYSTEM VALUE to override.");
    }
  }

  void CheckWidth(size_t given, int extra_location) const {
    if (given > columns_.size()) {
      throw SqlError(SqlState::kSyntaxError, "INSERT has more expressions than target columns")
          .At(extra_location);
    }
    for (size_t i = 0; i < given; ++i) {
      if (columns_[i].column == nullptr) change_->ThrowNoBaseColumn(i);
    }
    if (!implicit_columns_ && given < columns_.size()) {
      throw SqlError(SqlState::kSyntaxError, "INSERT has more target columns than expressions")
          .At(columns_[given].location);
    }
  }

  ExprPtr BindValue(const ast::Node& node, const InsertColumn& target) {
    const catalog::Column& column = *target.column;
    if (node.node_case == PG_QUERY__NODE__NODE_SET_TO_DEFAULT) {
      if (target.element == nullptr) return DefaultOf(state_, column);
      throw SqlError(SqlState::kFeatureNotSupported, "cannot set an array element to DEFAULT")
          .At(target.location);
    }
    CheckTakesValue(column);
    ExprPtr value = binder_.Bind(node);
    if (!UsesUserValue(column)) return DefaultOf(state_, column);
    if (target.element != nullptr) return value;
    return CoerceToColumn(state_, std::move(value), column.type, column.name, LocationOf(&node));
  }

  void BindRows(LogicalInsert& node) {
    if (insert_.select_stmt == nullptr) {  // DEFAULT VALUES
      columns_.clear();
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
    CheckWidth(row.n_items, row.n_items > columns_.size() ? LocationOf(row.items[columns_.size()]) : -1);
    AtPlace at(level_, Place::kValues);
    for (size_t i = 0; i < row.n_items; ++i) {
      ExprPtr value = BindValue(*row.items[i], columns_[i]);
      if (columns_[i].element == nullptr) {
        node.values[columns_[i].column->attnum - 1] = std::move(value);
      } else {
        Take(node, columns_[i], std::move(value), LocationOf(row.items[i]));
      }
    }
    columns_.resize(row.n_items);
    node.children.push_back(std::make_unique<LogicalOneRow>());
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
      if (r == 0) CheckWidth(width, width > columns_.size() ? LocationOf(row.items[columns_.size()]) : -1);
      auto& bound = values->rows.emplace_back();
      for (size_t i = 0; i < width; ++i) {
        const catalog::Column& column = *columns_[i].column;
        ExprPtr value = BindValue(*row.items[i], columns_[i]);
        if (value == nullptr) {  // DEFAULT for a generated column: a place holder nobody reads
          value = std::make_unique<expr::ConstExpr>(column.type, types::Datum::Null());
        }
        if (columns_[i].element != nullptr) {
          value = CoerceToColumn(state_, std::move(value), TypeOf(columns_[i]), column.name,
                                 LocationOf(row.items[i]));
        }
        bound.push_back(std::move(value));
      }
    }
    columns_.resize(width);
    for (const InsertColumn& target : columns_) {
      const catalog::Column& column = *target.column;
      const ColumnId id = state_.AddColumn({column.name, TypeOf(target)}, &level_);
      values->outputs.push_back(id);
      if (column.generated == '\0') Take(node, target, state_.Mention(id, -1), -1);
    }
    node.children.push_back(std::move(values));
  }

  void BindSelect(LogicalInsert& node, const PgQuery__SelectStmt& select) {
    BoundQuery query = QueryBinder(state_, &level_).Bind(select, /*keep_unknown=*/true);
    CheckWidth(query.outputs.size(), select.n_target_list > columns_.size()
                                         ? LocationOf(select.target_list[columns_.size()])
                                         : -1);
    columns_.resize(query.outputs.size());
    for (size_t i = 0; i < columns_.size(); ++i) {
      const catalog::Column& column = *columns_[i].column;
      CheckTakesValue(column);
      CoerceUntypedOutput(query, i, TypeOf(columns_[i]), column);
      if (!UsesUserValue(column)) {
        node.values[column.attnum - 1] = DefaultOf(state_, column);
        continue;
      }
      ExprPtr value = state_.Mention(query.outputs[i].id, -1);
      const int location =
          i < select.n_target_list ? LocationOf(select.target_list[i]->res_target->val) : -1;
      Take(node, columns_[i], std::move(value), location);
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

  void FillDefaults(LogicalInsert& node) {
    for (const catalog::Column& column : change_->face()->columns) {
      ExprPtr& value = node.values[column.attnum - 1];
      if (column.dropped || column.generated != '\0') {
        value = nullptr;
      } else if (value == nullptr) {
        value = DefaultOf(state_, column);
      }
    }
  }

  BindState& state_;
  QueryLevel& level_;
  const PgQuery__InsertStmt& insert_;
  ExpressionBinder binder_;
  std::optional<ChangeTarget> change_;
  catalog::RelationPtr relation_;
  std::vector<InsertColumn> columns_;
  bool implicit_columns_ = false;
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
