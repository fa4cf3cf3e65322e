// SELECT and VALUES.
#include <fmt/format.h>

#include <set>

#include "base/error/check.h"
#include "catalog/inheritance.h"
#include "catalog/object_text.h"
#include "plan/row_key.h"
#include "planner/binder/locking.h"
#include "planner/binder/query_record.h"
#include "planner/binder/set_functions.h"
#include "planner/binder/table_tree.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

// Constants keep their place in the structure of such a query: two equal ones must stay equal.
bool ComparesStructure(const PgQuery__SelectStmt& select) {
  return select.n_group_clause > 0 || select.n_distinct_clause > 0;
}

bool IsPlainDistinct(const PgQuery__SelectStmt& select) {
  return select.n_distinct_clause == 1 &&
         (select.distinct_clause[0] == nullptr ||
          select.distinct_clause[0]->node_case == PG_QUERY__NODE__NODE__NOT_SET);
}

LogicalPtr Filtered(LogicalPtr child, std::vector<ExprPtr> conjuncts) {
  if (conjuncts.empty()) return child;
  auto filter = std::make_unique<LogicalFilter>();
  filter->conjuncts = std::move(conjuncts);
  filter->children.push_back(std::move(child));
  return filter;
}

// Whether the FROM list has a recursive reference, subqueries apart.
bool ReadsWorkTable(const LogicalNode& node) {
  if (node.kind == LogicalKind::kWorkTable) return true;
  if (node.kind != LogicalKind::kJoin) return false;
  return ReadsWorkTable(*node.children[0]) || ReadsWorkTable(*node.children[1]);
}

// Binds one SELECT of a FROM, a WHERE and so on.
class SelectBinder {
 public:
  SelectBinder(BindState& state, QueryLevel& level, const PgQuery__SelectStmt& select,
               bool wants_row_keys)
      : state_(state),
        level_(level),
        select_(select),
        wants_row_keys_(wants_row_keys),
        binder_(state, level) {}

  BoundQuery Bind(bool keep_unknown) {
    level_.takes_aggregates = true;
    level_.select = &select_;
    CheckWindowNames();
    LogicalPtr plan = BindFrom(state_, level_, select_.from_clause, select_.n_from_clause);
    if (plan == nullptr) plan = std::make_unique<LogicalOneRow>();
    const bool is_recursive_term = ReadsWorkTable(*plan);
    const bool keep = ComparesStructure(select_);
    if (keep) ++state_.keep_constants;
    targets_ = BindTargetList(binder_, select_.target_list, select_.n_target_list,
                              Place::kSelectTarget);
    if (keep) --state_.keep_constants;
    plan = Filtered(std::move(plan), binder_.BindCondition(select_.where_clause, Place::kWhere));
    if (keep) ++state_.keep_constants;
    std::vector<ExprPtr> having = binder_.BindCondition(select_.having_clause, Place::kHaving);
    if (!keep_unknown) ResolveTargets();
    order_ = BindOrderBy(binder_, select_.sort_clause, select_.n_sort_clause, targets_,
                         Place::kOrderBy);
    BindDistinct();
    if (is_recursive_term && !level_.aggregates.empty()) {
      throw SqlError(SqlState::kInvalidRecursion,
                     "aggregate functions are not allowed in a recursive query's recursive term")
          .At(level_.aggregates[0]->location);
    }
    const std::vector<ExprPtr> windows = binder_.BindNamedWindows(select_);  // those nobody uses, too
    if (state_.record != nullptr) Record(windows);
    plan = AddAggregation(binder_, select_, std::move(plan), targets_, having);
    if (keep) --state_.keep_constants;
    plan = AddWindows(std::move(plan));
    AddRowKeys();
    AddCursorKeys();
    return Project(std::move(plan));
  }

 private:
  void ResolveTargets() {
    for (Target& target : targets_) {
      target.expression = ResolveUnknown(state_, std::move(target.expression));
    }
  }

  // Before aggregation replaces expressions by columns.
  void Record(const std::vector<ExprPtr>& windows) {
    SelectRecord& own = state_.record->selects[&select_];
    own = SelectRecord();  // a row of a subquery is bound once a column
    for (const Target& target : targets_) {
      own.outputs.push_back({target.expression->Clone(), target.name, target.junk});
    }
    for (const SortTarget& sort : order_) {
      own.order.push_back(
          {sort.target, sort.key.operator_oid, sort.key.descending, sort.key.nulls_first});
    }
    own.distinct_on = distinct_on_;
    for (const auto& item : level_.items) RecordItem(*item, own);
    const auto add_calls = [&](const std::vector<ExprPtr>& calls, const std::vector<ColumnId>& ids) {
      for (size_t i = 0; i < calls.size(); ++i) own.calls[ids[i]] = calls[i]->Clone();
    };
    add_calls(level_.aggregates, level_.aggregate_columns);
    add_calls(level_.group_calls, level_.group_call_columns);
    add_calls(level_.window_calls, level_.window_columns);
    for (const ExprPtr& window : windows) own.windows.push_back(window->Clone());
  }

  // An aliased join hides the names of what it joins; one without answers to none.
  static void RecordItem(const RangeItem& item, SelectRecord& record) {
    if (item.alias.empty()) return;
    std::vector<std::string>& columns = record.item_columns[item.alias];
    for (const ScopeColumn& column : item.columns) {
      columns.push_back(column.name);
      if (column.expression != nullptr) continue;
      std::string name = catalog::QuoteIdentifier(item.alias) + "." +
                         catalog::QuoteIdentifier(column.name);
      if (item.is_join) {
        record.names[column.id] = std::move(name);
      } else {
        record.names.emplace(column.id, std::move(name));
      }
    }
  }

  void BindDistinct() {
    if (select_.n_distinct_clause == 0) return;
    if (IsPlainDistinct(select_)) {
      ResolveTargets();
      for (const Target& target : targets_) {
        if (target.junk) {
          throw SqlError(SqlState::kInvalidColumnReference,
                         "for SELECT DISTINCT, ORDER BY expressions must appear in select list")
              .At(target.expression->location);
        }
        RequireEqualityOperator(state_, target.expression->type.oid, target.expression->location);
        RequireCollationOf(*target.expression);
      }
      return;
    }
    for (size_t i = 0; i < select_.n_distinct_clause; ++i) {
      const ast::Node& node = *select_.distinct_clause[i];
      const size_t target = FindSortTarget(binder_, node, targets_, Place::kDistinctOn);
      targets_[target].expression = ResolveUnknown(state_, std::move(targets_[target].expression));
      if (std::find(distinct_on_.begin(), distinct_on_.end(), target) == distinct_on_.end()) {
        distinct_on_.push_back(target);
      }
    }
    CheckDistinctOn();
  }

  // ORDER BY starts with the DISTINCT ON expressions, in any order; what is missing is added.
  void CheckDistinctOn() {
    std::set<size_t> on(distinct_on_.begin(), distinct_on_.end());
    bool skipped = false;
    for (const SortTarget& sort : order_) {
      if (!on.contains(sort.target)) {
        skipped = true;
        continue;
      }
      if (skipped) {
        throw SqlError(SqlState::kInvalidColumnReference,
                       "SELECT DISTINCT ON expressions must match initial ORDER BY expressions")
            .At(targets_[sort.target].expression->location);
      }
      on.erase(sort.target);
    }
    if (skipped && !on.empty()) {
      throw SqlError(SqlState::kInvalidColumnReference,
                     "SELECT DISTINCT ON expressions must match initial ORDER BY expressions")
          .At(targets_[*on.begin()].expression->location);
    }
    for (const size_t target : distinct_on_) {
      if (!on.contains(target)) continue;
      SortTarget added;
      added.target = target;
      const expr::Expr& expression = *targets_[target].expression;
      added.key.operator_oid =
          RequireOrderingOperator(state_, expression.type.oid, false, expression.location);
      order_.push_back(std::move(added));
    }
  }

  void CheckWindowNames() const {
    std::set<std::string_view> names;
    for (size_t i = 0; i < select_.n_window_clause; ++i) {
      const PgQuery__WindowDef& window = *select_.window_clause[i]->window_def;
      if (names.insert(window.name).second) continue;
      throw SqlError(SqlState::kWindowingError,
                     fmt::format("window \"{}\" is already defined", window.name))
          .At(window.location);
    }
  }

  LogicalPtr AddWindows(LogicalPtr child) {
    if (level_.window_calls.empty()) return child;
    auto window = std::make_unique<LogicalWindow>();
    window->calls = std::move(level_.window_calls);
    window->outputs = level_.window_columns;  // the child's come in front when the plan is finished
    window->children.push_back(std::move(child));
    return window;
  }

  // ---- FOR UPDATE ----

  // What locks rows here: the query's own clauses, and those of the query around it that reach into
  // this one as one of its FROM items.
  struct Locking {
    const PgQuery__LockingClause* clause;
    bool is_own;
  };

  std::vector<Locking> FindLocking() const {
    std::vector<Locking> found;
    for (size_t i = 0; i < select_.n_locking_clause; ++i) {
      found.push_back({select_.locking_clause[i]->locking_clause, true});
    }
    for (const PgQuery__LockingClause* clause : InheritedLocking(state_, select_, level_)) {
      found.push_back({clause, false});
    }
    return found;
  }

  void RefuseLocking(std::string_view clause) const {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("{} is not allowed with {}", LockingName(*locking_), clause));
  }

  void CheckLocking() const {
    if (select_.n_distinct_clause > 0) RefuseLocking("DISTINCT clause");
    if (select_.n_group_clause > 0) RefuseLocking("GROUP BY clause");
    if (select_.having_clause != nullptr) RefuseLocking("HAVING clause");
    if (!level_.aggregate_columns.empty()) RefuseLocking("aggregate functions");
    if (!level_.window_columns.empty()) RefuseLocking("window functions");
    if (level_.has_set_functions) RefuseLocking("set-returning functions in the target list");
  }

  static txn::RowLockMode ModeOf(PgQuery__LockClauseStrength strength) {
    switch (strength) {
      case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORKEYSHARE: return txn::RowLockMode::kKeyShare;
      case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORSHARE: return txn::RowLockMode::kShare;
      case PG_QUERY__LOCK_CLAUSE_STRENGTH__LCS_FORNOKEYUPDATE: return txn::RowLockMode::kNoKeyUpdate;
      default: return txn::RowLockMode::kUpdate;
    }
  }

  static txn::LockWait WaitOf(PgQuery__LockWaitPolicy policy) {
    if (policy == PG_QUERY__LOCK_WAIT_POLICY__LockWaitError) return txn::LockWait::kNoWait;
    if (policy == PG_QUERY__LOCK_WAIT_POLICY__LockWaitSkip) return txn::LockWait::kSkipLocked;
    return txn::LockWait::kBlock;
  }

  // `attribute` is kRowKeyAttribute or kWholeRowKeyAttribute.
  ColumnId RowKeyOf(LogicalScan& scan, AttributeNumber attribute) {
    for (size_t i = 0; i < scan.attnums.size(); ++i) {
      if (scan.attnums[i] == attribute) return scan.outputs[i];
    }
    const ColumnId key =
        state_.AddColumn({"row key", state_.types().Make(facts::kByteaOid)}, &level_);
    scan.attnums.push_back(attribute);
    scan.outputs.push_back(key);
    return key;
  }

  // What WHERE CURRENT OF can use: tables locked by FOR UPDATE, or the only table of a plain query.
  // Its rows are of several tables: a key without its head does not name one.
  bool HasTree(const RangeItem& item) const {
    return !item.scan->only && catalog::HasChildren(state_.catalog(), item.relation->oid);
  }

  void AddCursorKeys() {
    if (!wants_row_keys_) return;
    for (const LogicalLockRows::Mark& mark : marks_) {
      for (const auto& item : level_.items) {
        if (item->scan == nullptr || item->scan->scan_id != mark.scan_id) continue;
        if (HasTree(*item)) continue;
        row_keys_.push_back({item->relation->oid, mark.row_key});
      }
    }
    const bool is_plain = select_.n_distinct_clause == 0 && select_.n_group_clause == 0 &&
                          select_.n_sort_clause == 0 && level_.aggregate_columns.empty() &&
                          level_.window_columns.empty() && !level_.has_set_functions;
    if (!marks_.empty() || !is_plain || level_.items.size() != 1) return;
    RangeItem& item = *level_.items[0];
    if (item.scan == nullptr || item.relation->kind != catalog::RelationKind::kTable) return;
    if (HasTree(item)) return;
    row_keys_.push_back(
        {item.relation->oid, RowKeyOf(*item.scan, plan::kWholeRowKeyAttribute)});
    targets_.push_back({state_.Mention(row_keys_[0].column, -1), "row key", /*junk=*/true});
  }

  void RequireLockable(const catalog::Relation& relation) const {
    const bool is_sequence = relation.kind == catalog::RelationKind::kSequence;
    if (!is_sequence && relation.kind != catalog::RelationKind::kMaterializedView) return;
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot lock rows in {} \"{}\"",
                               is_sequence ? "sequence" : "materialized view", relation.name));
  }

  void LockItem(RangeItem& item, const PgQuery__LockingClause& clause, bool named, int location) {
    locks_any_ = true;
    const bool is_table =
        item.scan != nullptr && (item.relation->kind == catalog::RelationKind::kTable ||
                                 item.relation->IsPartitioned());
    if (!is_table) {
      if (item.is_join) {
        throw SqlError(SqlState::kFeatureNotSupported,
                       fmt::format("{} cannot be applied to a join", LockingName(*locking_)))
            .At(location);
      }
      if (item.relation != nullptr) RequireLockable(*item.relation);
      // Subqueries and views have locked their tables themselves; functions and CTEs have no rows to lock.
      if (item.is_subquery && named && FindCte(&level_, item.alias) != nullptr) {
        throw SqlError(SqlState::kFeatureNotSupported,
                       fmt::format("{} cannot be applied to a WITH query", LockingName(*locking_)))
            .At(location);
      }
      if (named && !item.is_subquery && item.relation == nullptr) {
        throw SqlError(SqlState::kFeatureNotSupported,
                       fmt::format("{} cannot be applied to a function", LockingName(*locking_)))
            .At(location);
      }
      return;
    }
    LogicalScan& scan = *item.scan;
    const ColumnId key = RowKeyOf(scan, plan::kWholeRowKeyAttribute);
    const txn::RowLockMode mode = ModeOf(clause.strength);
    const txn::LockWait wait = WaitOf(clause.wait_policy);
    UseTree(state_, item.relation, scan.only, txn::RelationLockMode::kRowShare);
    for (LogicalLockRows::Mark& mark : marks_) {
      if (mark.scan_id != scan.scan_id) continue;
      mark.mode = std::max(mark.mode, mode);
      mark.wait = std::max(mark.wait, wait);
      return;
    }
    marks_.push_back({scan.scan_id, key, mode, wait});
  }

  void AddRowKeys() {
    const std::vector<Locking> all = FindLocking();
    if (all.empty()) return;
    state_.has_row_locks = true;
    for (const Locking& each : all) {
      const PgQuery__LockingClause& clause = *each.clause;
      locking_ = &clause;
      CheckLocking();
      if (clause.n_locked_rels == 0 || !each.is_own) {
        for (const auto& item : level_.items) {
          if (!item->is_join) LockItem(*item, clause, false, -1);
        }
        continue;
      }
      for (size_t j = 0; j < clause.n_locked_rels; ++j) {
        const PgQuery__RangeVar& name = *clause.locked_rels[j]->range_var;
        if (*name.schemaname != '\0') {
          throw SqlError(SqlState::kSyntaxError, fmt::format("{} must specify unqualified relation names",
                                                             LockingName(*locking_)))
              .At(name.location);
        }
        const auto found = std::find_if(level_.items.begin(), level_.items.end(), [&](auto& item) {
          return item->alias == name.relname;
        });
        if (found == level_.items.end()) {
          throw SqlError(SqlState::kUndefinedTable,
                         fmt::format("relation \"{}\" in {} clause not found in FROM clause",
                                     name.relname, LockingName(*locking_)))
              .At(name.location);
        }
        LockItem(**found, clause, true, name.location);
      }
    }
    for (const LogicalLockRows::Mark& mark : marks_) {
      targets_.push_back({state_.Mention(mark.row_key, -1), "row key", /*junk=*/true});
    }
  }

  // ---- the nodes above ----

  // The limit asks the sort below it which rows are equal: nothing may come between.
  bool TakesTies() const {
    return select_.limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES;
  }

  // Set-returning functions that neither ORDER BY nor DISTINCT looks at run after these.
  bool RunsSetsLate() const {
    if (!level_.has_set_functions || IsPlainDistinct(select_) || TakesTies()) return false;
    if (order_.empty() && distinct_on_.empty()) return false;
    const auto has_set = [&](size_t target) {
      return FindSetFunction(*targets_[target].expression) != nullptr;
    };
    return std::none_of(order_.begin(), order_.end(),
                        [&](const SortTarget& sort) { return has_set(sort.target); }) &&
           std::none_of(distinct_on_.begin(), distinct_on_.end(), has_set);
  }

  bool SortsBy(size_t target) const {
    return std::any_of(order_.begin(), order_.end(),
                       [&](const SortTarget& sort) { return sort.target == target; }) ||
           std::find(distinct_on_.begin(), distinct_on_.end(), target) != distinct_on_.end();
  }

  // nextval() and its like see the rows as ORDER BY has them, and only those that LIMIT takes.
  bool IsLateVolatile(size_t target) const {
    const expr::Expr& expression = *targets_[target].expression;
    return !order_.empty() && !IsPlainDistinct(select_) && !TakesTies() && !SortsBy(target) &&
           expr::IsVolatile(expression) && FindSetFunction(expression) == nullptr;
  }

  bool RunsVolatileLate() const {
    for (size_t i = 0; i < targets_.size(); ++i) {
      if (IsLateVolatile(i)) return true;
    }
    return false;
  }

  // Literals go with what runs late: who gives them a type looks for them in the last list.
  bool IsLate(size_t target, bool with_sets) const {
    const expr::Expr& expression = *targets_[target].expression;
    if (with_sets && FindSetFunction(expression) != nullptr) return true;
    return IsLateVolatile(target) || (expression.kind == ExprKind::kConst && !SortsBy(target));
  }

  // Takes the targets that run late out; what they mention becomes part of the list for them.
  std::vector<ExprPtr> TakeLate(bool with_sets) {
    std::vector<ExprPtr> sets(targets_.size());
    std::vector<ColumnId> mentioned;
    for (size_t i = 0; i < sets.size(); ++i) {
      if (!IsLate(i, with_sets)) continue;
      for (const ColumnId id : expr::FreeColumns(*targets_[i].expression)) {
        if (state_.OwnerOf(id) == &level_) mentioned.push_back(id);
      }
      sets[i] = std::move(targets_[i].expression);
      targets_[i].expression = MakeNull(state_, facts::kInt4Oid);
    }
    for (const ColumnId id : mentioned) {
      targets_.push_back({state_.Mention(id, -1), "", /*junk=*/true});
    }
    return sets;
  }

  // What runs late over the rows as they are ordered now; `ids` are what the list has come to.
  LogicalPtr ProjectLate(LogicalPtr plan, std::vector<ExprPtr> sets, std::vector<ColumnId>& ids) {
    std::vector<Target> late;
    for (size_t i = 0; i < targets_.size(); ++i) {
      const bool is_set = i < sets.size() && sets[i] != nullptr;
      late.push_back({is_set ? std::move(sets[i]) : state_.Mention(ids[i], -1), targets_[i].name});
    }
    // Columns the list computed under other ids than the sets mention.
    ids.clear();
    return ProjectTargets(state_, &level_, std::move(plan), late, &ids);
  }

  BoundQuery Project(LogicalPtr plan) {
    std::vector<ColumnId> ids;
    std::vector<ExprPtr> late;
    const bool sets_run_late = RunsSetsLate();
    const bool runs_late = sets_run_late || RunsVolatileLate();
    if (runs_late) late = TakeLate(sets_run_late);
    plan = ProjectTargets(state_, &level_, std::move(plan), targets_, &ids);
    BoundQuery query;
    query.projection = static_cast<LogicalProject*>(plan.get());
    if (IsPlainDistinct(select_)) plan = MakeDistinct(std::move(plan), {});
    if (!order_.empty()) plan = MakeSort(std::move(plan), ids);
    if (!distinct_on_.empty()) plan = MakeDistinct(std::move(plan), ids);
    if (runs_late) {
      plan = ProjectLate(std::move(plan), std::move(late), ids);
      query.projection = static_cast<LogicalProject*>(plan.get());
    }
    if (locks_any_) {  // without marks: for what subqueries lock
      auto lock = std::make_unique<LogicalLockRows>();
      lock->marks = marks_;
      lock->inherited = select_.n_locking_clause == 0;
      lock->children.push_back(std::move(plan));
      plan = std::move(lock);
    }
    plan = AddLimit(state_, level_, select_, std::move(plan));
    bool has_junk = false;
    for (size_t i = 0; i < targets_.size(); ++i) {
      if (targets_[i].junk) {
        has_junk = true;
      } else {
        query.outputs.push_back({targets_[i].name, ids[i]});
      }
    }
    if (has_junk) {
      auto trim = std::make_unique<LogicalProject>();
      const auto keep = [&](ColumnId id) {
        trim->outputs.push_back(id);
        trim->expressions.push_back(state_.Mention(id, -1));
      };
      for (const OutputColumn& output : query.outputs) keep(output.id);
      for (const auto& key : row_keys_) keep(key.column);
      trim->children.push_back(std::move(plan));
      plan = std::move(trim);
    }
    query.row_keys = std::move(row_keys_);
    query.plan = std::move(plan);
    return query;
  }

  LogicalPtr MakeDistinct(LogicalPtr child, const std::vector<ColumnId>& ids) {
    auto distinct = std::make_unique<LogicalDistinct>();
    if (!ids.empty()) {
      for (const size_t target : distinct_on_) {
        distinct->on.push_back(state_.Mention(ids[target], -1));
      }
    }
    distinct->children.push_back(std::move(child));
    return distinct;
  }

  LogicalPtr MakeSort(LogicalPtr child, const std::vector<ColumnId>& ids) {
    auto sort = std::make_unique<LogicalSort>();
    for (SortTarget& wanted : order_) {
      wanted.key.expression = state_.Mention(ids[wanted.target], -1);
      sort->keys.push_back(std::move(wanted.key));
    }
    sort->children.push_back(std::move(child));
    return sort;
  }

  BindState& state_;
  QueryLevel& level_;
  const PgQuery__SelectStmt& select_;
  const bool wants_row_keys_;
  ExpressionBinder binder_;
  std::vector<Target> targets_;
  std::vector<SortTarget> order_;
  std::vector<size_t> distinct_on_;
  std::vector<LogicalLockRows::Mark> marks_;
  bool locks_any_ = false;
  const PgQuery__LockingClause* locking_ = nullptr;  // the one being looked at
  std::vector<BoundStatement::RowKey> row_keys_;
};

}  // namespace

BoundQuery QueryBinder::Bind(const PgQuery__SelectStmt& select, bool keep_unknown) {
  CheckStackDepth();
  QueryLevel& level = NewLevel(state_, outer_);
  if (select.with_clause == nullptr) return BindBody(select, level, keep_unknown);
  std::vector<LogicalPtr> plans;
  BindWith(state_, level, *select.with_clause, &plans);
  BoundQuery query = BindBody(select, level, keep_unknown);
  query.plan =
      WrapInWith(level, *select.with_clause, std::move(plans), std::move(query.plan));
  return query;
}

BoundQuery QueryBinder::BindBody(const PgQuery__SelectStmt& select, QueryLevel& level,
                                 bool keep_unknown) {
  if (select.into_clause != nullptr) {
    throw SqlError(SqlState::kSyntaxError, "SELECT ... INTO is not allowed here")
        .At(select.into_clause->rel->location);
  }
  const bool is_set_operation = select.op == PG_QUERY__SET_OPERATION__SETOP_UNION ||
                                select.op == PG_QUERY__SET_OPERATION__SETOP_INTERSECT ||
                                select.op == PG_QUERY__SET_OPERATION__SETOP_EXCEPT;
  if (is_set_operation) return BindSetOperation(select, level);
  if (select.n_values_lists > 0) {
    BoundQuery query = BindValues(select, level);
    if (!keep_unknown) ResolveUnknownOutputs(state_, query);
    return FinishSetOperation(select, level, std::move(query));
  }
  return SelectBinder(state_, level, select, wants_row_keys_).Bind(keep_unknown);
}

BoundQuery QueryBinder::BindValues(const PgQuery__SelectStmt& select, QueryLevel& level) {
  auto values = std::make_unique<LogicalValues>();
  ExpressionBinder binder(state_, level);
  AtPlace at(level, Place::kValues);
  size_t width = 0;
  for (size_t i = 0; i < select.n_values_lists; ++i) {
    const PgQuery__List& list = *select.values_lists[i]->list;
    if (i == 0) width = list.n_items;
    if (list.n_items != width) {
      throw SqlError(SqlState::kSyntaxError, "VALUES lists must all be the same length")
          .At(LocationOf(list.n_items == 0 ? nullptr : list.items[0]));
    }
    auto& row = values->rows.emplace_back();
    for (size_t j = 0; j < list.n_items; ++j) {
      row.push_back(binder.Bind(*list.items[j]));
    }
  }
  BoundQuery query;
  for (size_t column = 0; column < width; ++column) {
    std::vector<ExprPtr> expressions;
    for (auto& row : values->rows) expressions.push_back(std::move(row[column]));
    const Oid common = SelectCommonType(state_, expressions, "VALUES");
    for (size_t i = 0; i < values->rows.size(); ++i) {
      values->rows[i][column] = CoerceToCommon(state_, std::move(expressions[i]), common, "VALUES");
    }
    for (size_t i = 0; state_.record != nullptr && i < values->rows.size(); ++i) {
      state_.record->expressions[select.values_lists[i]->list->items[column]] =
          values->rows[i][column]->Clone();
    }
    std::vector<ExprPtr> coerced;
    for (auto& row : values->rows) coerced.push_back(row[column]->Clone());
    SqlType type = state_.types().Make(common, SelectCommonTypmod(coerced, common));
    const Oid collation =
        type.collation == kInvalidOid ? kInvalidOid : CombinedCollation(coerced);
    if (collation != kInvalidOid) type.collation = collation;
    const std::string name = fmt::format("column{}", column + 1);
    query.outputs.push_back({name, state_.AddColumn({name, type}, &level)});
    values->outputs.push_back(query.outputs.back().id);
  }
  query.plan = std::move(values);
  return query;
}

BoundQuery QueryBinder::BindAny(const ast::Node& node, bool keep_unknown) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_SELECT_STMT: return Bind(*node.select_stmt, keep_unknown);
    case PG_QUERY__NODE__NODE_INSERT_STMT: return BindInsert(state_, outer_, *node.insert_stmt);
    case PG_QUERY__NODE__NODE_UPDATE_STMT: return BindUpdate(state_, outer_, *node.update_stmt);
    case PG_QUERY__NODE__NODE_DELETE_STMT: return BindDelete(state_, outer_, *node.delete_stmt);
    case PG_QUERY__NODE__NODE_MERGE_STMT: return BindMerge(state_, outer_, *node.merge_stmt);
    default: ThrowNotSupported("this statement in WITH");
  }
}

}  // namespace grizzly::planner
