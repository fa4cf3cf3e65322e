// GROUP BY, grouping sets, HAVING: the aggregate node and what may stand above it.
#include <fmt/format.h>

#include <set>

#include "planner/binder/query_binder.h"
#include "planner/binder/query_record.h"
#include "planner/binder/row_shape.h"
#include "planner/binder/set_functions.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

using Sets = std::vector<std::vector<uint32_t>>;

constexpr size_t kGroupingSetsMax = 4096;

// Where an expression mentions a column; -1: nowhere.
int LocationOfMention(const expr::Expr& expression, ColumnId id) {
  if (expression.kind == ExprKind::kColumn &&
      static_cast<const expr::ColumnExpr&>(expression).id == id) {
    return expression.location;
  }
  int found = -1;
  expr::ForEachChild(expression, [&](const expr::Expr& child) {
    if (found < 0) found = LocationOfMention(child, id);
  });
  return found;
}

class Grouping {
 public:
  Grouping(ExpressionBinder& binder, std::vector<Target>& targets)
      : binder_(binder), state_(binder.state()), level_(binder.level()), targets_(targets) {}

  void Bind(const PgQuery__SelectStmt& select) {
    Sets sets = {{}};
    for (size_t i = 0; i < select.n_group_clause; ++i) {
      const ast::Node& node = *select.group_clause[i];
      if (node.node_case == PG_QUERY__NODE__NODE_GROUPING_SET) {
        has_sets_ = true;
        sets = Cross(sets, SetsOf(*node.grouping_set));
      } else {
        sets = Cross(sets, {Columns(node)});
      }
    }
    if (!has_sets_) return;
    for (auto& set : sets) {
      std::sort(set.begin(), set.end());
      set.erase(std::unique(set.begin(), set.end()), set.end());
    }
    if (select.group_distinct) {
      std::sort(sets.begin(), sets.end());
      sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
    }
    sets_ = std::move(sets);
  }

  // Names the groups' columns: plain ones keep their ids where nothing can make them NULL.
  void NameGroups() {
    for (const ExprPtr& group : groups_) {
      const bool plain = group->kind == ExprKind::kColumn &&
                         state_.OwnerOf(static_cast<expr::ColumnExpr&>(*group).id) == &level_;
      if (plain && !has_sets_) {
        ids_.push_back(static_cast<expr::ColumnExpr&>(*group).id);
        continue;
      }
      StatementColumn column{"?column?", group->type};
      if (plain) column = state_.columns[static_cast<expr::ColumnExpr&>(*group).id];
      ids_.push_back(state_.AddColumn(std::move(column), &level_));
    }
    allowed_.insert(ids_.begin(), ids_.end());
    for (const auto* made : {&level_.aggregate_columns, &level_.window_columns,
                             &level_.group_call_columns}) {
      allowed_.insert(made->begin(), made->end());
    }
  }

  // Replaces grouped expressions by the node's columns; complains about ungrouped columns.
  void Rewrite(ExprPtr& expression) { Rewrite(expression, false); }
  void RewriteTarget(size_t target) {
    const auto found = std::find(listed_.begin(), listed_.end(), target);
    ExprPtr& expression = targets_[target].expression;
    if (found == listed_.end()) return Rewrite(expression);
    expression = state_.Mention(ids_[static_cast<size_t>(found - listed_.begin())],
                                expression->location);
  }

  // Those of ordered-set aggregates are of the group, not of its rows.
  void CheckDirectArguments() {
    in_direct_argument_ = true;
    for (const ExprPtr& argument : level_.direct_arguments) CheckDirectArgument(*argument);
    for (const ExprPtr& call : level_.aggregates) {
      for (const ExprPtr& argument : static_cast<const expr::AggregateExpr&>(*call).direct_arguments) {
        CheckDirectArgument(*argument);
      }
    }
    in_direct_argument_ = false;
  }

  LogicalPtr Finish(LogicalPtr child) {
    auto node = std::make_unique<LogicalAggregate>();
    CheckDirectArguments();
    node->outputs = ids_;
    node->groups = std::move(groups_);
    node->grouping_sets = std::move(sets_);
    for (size_t i = 0; i < level_.aggregates.size(); ++i) {
      node->outputs.push_back(level_.aggregate_columns[i]);
      node->aggregates.push_back(std::move(level_.aggregates[i]));
    }
    for (size_t i = 0; i < level_.group_calls.size(); ++i) {
      node->outputs.push_back(level_.group_call_columns[i]);
      node->grouping_calls.push_back(GroupsOfCall(*level_.group_calls[i], node->groups));
    }
    node->children.push_back(RunSetFunctions(std::move(child), *node));
    return node;
  }

 private:
  static constexpr size_t kNotListed = SIZE_MAX;

  // Groups by set-returning functions are groups by what these return.
  LogicalPtr RunSetFunctions(LogicalPtr child, LogicalAggregate& node) {
    std::vector<Target> parts;
    for (auto* list : {&node.groups, &node.aggregates}) {
      for (ExprPtr& part : *list) parts.push_back({std::move(part), ""});
    }
    child = ExpandSetFunctions(state_, &level_, std::move(child), parts);
    size_t next = 0;
    for (auto* list : {&node.groups, &node.aggregates}) {
      for (ExprPtr& part : *list) part = std::move(parts[next++].expression);
    }
    return child;
  }

  static Sets Cross(const Sets& a, const Sets& b) {
    Sets product;
    for (const auto& left : a) {
      for (const auto& right : b) {
        product.push_back(left);
        product.back().insert(product.back().end(), right.begin(), right.end());
        if (product.size() > kGroupingSetsMax) {
          throw SqlError(SqlState::kStatementTooComplex, "too many grouping sets present (maximum 4096)");
        }
      }
    }
    return product;
  }

  // One element of the clause: an expression, or a row of them, as group numbers.
  std::vector<uint32_t> Columns(const ast::Node& node) {
    std::vector<uint32_t> columns;
    if (node.node_case == PG_QUERY__NODE__NODE_ROW_EXPR &&
        node.row_expr->row_format == PG_QUERY__COERCION_FORM__COERCE_IMPLICIT_CAST) {
      for (size_t i = 0; i < node.row_expr->n_args; ++i) {
        for (const uint32_t column : Columns(*node.row_expr->args[i])) columns.push_back(column);
      }
      return columns;
    }
    columns.push_back(GroupOf(node));
    return columns;
  }

  uint32_t GroupOf(const ast::Node& node) {
    const size_t before = targets_.size();
    const size_t target = FindSortTarget(binder_, node, targets_, Place::kGroupBy);
    Target& found = targets_[target];
    found.expression = ResolveUnknown(state_, std::move(found.expression));
    ExprPtr group = found.expression->Clone();
    if (state_.record != nullptr) state_.record->expressions[&node] = group->Clone();
    const bool is_listed = target < before;
    // Grouping by something the select list does not have leaves the list as it is.
    if (targets_.size() > before) targets_.resize(before);
    CheckGroup(*group, LocationOf(&node));
    // Two entries of the list are two groups, however alike.
    for (uint32_t i = 0; i < groups_.size(); ++i) {
      const bool same = is_listed ? listed_[i] == target
                                  : listed_[i] == kNotListed && expr::Equals(*groups_[i], *group);
      if (same) return i;
    }
    groups_.push_back(std::move(group));
    listed_.push_back(is_listed ? target : kNotListed);
    return static_cast<uint32_t>(groups_.size() - 1);
  }

  void CheckGroup(const expr::Expr& group, int location) {
    RequireEqualityOperator(state_, group.type.oid, location);
    RequireCollationOf(group);
    for (const ColumnId id : expr::FreeColumns(group)) {
      const auto& aggregates = level_.aggregate_columns;
      const auto& windows = level_.window_columns;
      if (std::find(aggregates.begin(), aggregates.end(), id) != aggregates.end()) {
        throw SqlError(SqlState::kGroupingError, "aggregate functions are not allowed in GROUP BY")
            .At(LocationOfMention(group, id));
      }
      if (std::find(windows.begin(), windows.end(), id) != windows.end()) {
        throw SqlError(SqlState::kWindowingError, "window functions are not allowed in GROUP BY")
            .At(LocationOfMention(group, id));
      }
    }
  }

  Sets SetsOf(const PgQuery__GroupingSet& set) {
    switch (set.kind) {
      case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_EMPTY: return {{}};
      case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_ROLLUP: return Rollup(set);
      case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_CUBE: return Cube(set);
      default: break;
    }
    Sets sets;
    for (size_t i = 0; i < set.n_content; ++i) {
      const ast::Node& node = *set.content[i];
      if (node.node_case == PG_QUERY__NODE__NODE_GROUPING_SET) {
        for (auto& inner : SetsOf(*node.grouping_set)) sets.push_back(std::move(inner));
      } else {
        sets.push_back(Columns(node));
      }
    }
    return sets;
  }

  Sets Rollup(const PgQuery__GroupingSet& set) {
    Sets sets = {{}};
    std::vector<uint32_t> prefix;
    for (size_t i = 0; i < set.n_content; ++i) {
      for (const uint32_t column : Columns(*set.content[i])) prefix.push_back(column);
      sets.insert(sets.begin(), prefix);
    }
    return sets;
  }

  Sets Cube(const PgQuery__GroupingSet& set) {
    constexpr size_t kCubeElementsMax = 12;
    if (set.n_content > kCubeElementsMax) {
      throw SqlError(SqlState::kTooManyColumns, "CUBE is limited to 12 elements").At(set.location);
    }
    std::vector<std::vector<uint32_t>> elements;
    for (size_t i = 0; i < set.n_content; ++i) elements.push_back(Columns(*set.content[i]));
    Sets sets;
    for (size_t mask = (size_t{1} << elements.size()); mask-- > 0;) {
      std::vector<uint32_t> chosen;
      for (size_t i = 0; i < elements.size(); ++i) {
        const bool taken = ((mask >> (elements.size() - 1 - i)) & 1) != 0;
        if (taken) chosen.insert(chosen.end(), elements[i].begin(), elements[i].end());
      }
      sets.push_back(std::move(chosen));
    }
    return sets;
  }

  std::vector<uint32_t> GroupsOfCall(const expr::Expr& call, const std::vector<ExprPtr>& groups) {
    std::vector<uint32_t> columns;
    for (const ExprPtr& argument : static_cast<const expr::ListExpr&>(call).children) {
      const auto found = std::find_if(groups.begin(), groups.end(), [&](const ExprPtr& group) {
        return expr::Equals(*group, *argument);
      });
      if (found == groups.end()) {
        throw SqlError(SqlState::kGroupingError,
                       "arguments to GROUPING must be grouping expressions of the associated query "
                       "level")
            .At(argument->location);
      }
      columns.push_back(static_cast<uint32_t>(found - groups.begin()));
    }
    return columns;
  }

  void Rewrite(ExprPtr& expression, bool in_subquery) {
    for (size_t i = 0; i < groups_.size(); ++i) {
      if (!expr::Equals(*groups_[i], *expression)) continue;
      expression = state_.Mention(ids_[i], expression->location);
      return;
    }
    if (const expr::ListExpr* row = WholeRowIn(std::as_const(*expression))) {
      CheckWholeRow(*row, in_subquery);
    }
    if (expression->kind == ExprKind::kColumn) {
      CheckColumn(static_cast<expr::ColumnExpr&>(*expression), in_subquery);
      return;
    }
    if (expression->kind == ExprKind::kSubquery) {
      auto& subquery = static_cast<expr::SubqueryExpr&>(*expression);
      if (auto* body = dynamic_cast<LogicalSubquery*>(subquery.body.get())) RewritePlan(*body->plan);
    }
    expression->VisitChildren([&](ExprPtr& child) { Rewrite(child, in_subquery); });
  }

  void RewritePlan(LogicalNode& node) {
    node.VisitExpressions([this](ExprPtr& expression) { Rewrite(expression, true); });
    for (LogicalPtr& child : node.children) RewritePlan(*child);
  }

  void CheckColumn(const expr::ColumnExpr& column, bool in_subquery) {
    if (state_.OwnerOf(column.id) != &level_ || allowed_.contains(column.id)) return;
    if (IsDetermined(column.id)) {
      const auto group = static_cast<uint32_t>(groups_.size());
      for (std::vector<uint32_t>& set : sets_) set.push_back(group);  // it is NULL in none
      groups_.push_back(state_.Mention(column.id, column.location));
      listed_.push_back(kNotListed);
      ids_.push_back(column.id);
      allowed_.insert(column.id);
      return;
    }
    ThrowUngrouped(QualifiedName(level_, column.id), in_subquery, column.location);
  }

  // That all columns are grouped is not enough for the row, if they do not name it.
  void CheckWholeRow(const expr::ListExpr& row, bool in_subquery) {
    for (const auto& item : level_.items) {
      if (item->is_join || !IsRowOf(*item, row)) continue;
      if (!has_sets_ && item->scan != nullptr && HasPrimaryKey(*item->scan)) return;
      ThrowUngrouped(item->alias + ".*", in_subquery, row.location);
    }
  }

  static bool IsRowOf(const RangeItem& item, const expr::ListExpr& row) {
    size_t next = 0;
    for (const ExprPtr& field : row.children) {
      if (field->kind == ExprKind::kConst) continue;  // a dropped column
      if (field->kind != ExprKind::kColumn || next >= item.columns.size()) return false;
      if (static_cast<const expr::ColumnExpr&>(*field).id != item.columns[next++].id) return false;
    }
    return next == item.columns.size();
  }

  void CheckDirectArgument(const expr::Expr& argument) {
    ExprPtr checked = argument.Clone();
    Rewrite(checked);
    const std::vector<ColumnId> used = expr::FreeColumns(*checked);
    const bool uses_groups = std::any_of(used.begin(), used.end(), [&](ColumnId id) {
      return std::find(ids_.begin(), ids_.end(), id) != ids_.end();
    });
    // They would be NULL where the set has no such column.
    if (has_sets_ && uses_groups) {
      ThrowNotSupported("a grouped column as direct argument of an ordered-set aggregate with grouping sets",
                        argument.location);
    }
  }

  [[noreturn]] void ThrowUngrouped(const std::string& name, bool in_subquery, int location) const {
    SqlError error(SqlState::kGroupingError,
                   in_subquery
                       ? fmt::format("subquery uses ungrouped column \"{}\" from outer query", name)
                       : fmt::format("column \"{}\" must appear in the GROUP BY clause or be used in "
                                     "an aggregate function",
                                     name));
    if (in_direct_argument_ && !in_subquery) {
      std::move(error).Detail("Direct arguments of an ordered-set aggregate must use only grouped columns.");
    }
    throw std::move(error).At(location);
  }

  // The column's table has its whole primary key among the groups.
  bool IsDetermined(ColumnId id) const {
    for (const auto& item : level_.items) {
      if (item->scan == nullptr) continue;
      const auto& outputs = item->scan->outputs;
      if (std::find(outputs.begin(), outputs.end(), id) == outputs.end()) continue;
      return HasPrimaryKey(*item->scan);
    }
    return false;
  }

  bool HasPrimaryKey(const LogicalScan& scan) const {
    for (const catalog::Constraint& constraint : scan.relation->constraints) {
      if (constraint.kind != catalog::ConstraintKind::kPrimaryKey || constraint.deferrable) continue;
      const bool is_grouped =
          std::all_of(constraint.columns.begin(), constraint.columns.end(),
                      [&](AttributeNumber attnum) { return IsGrouped(scan, attnum); });
      if (is_grouped && state_.record != nullptr && !state_.in_definition()) {
        state_.record->used_constraints.push_back(constraint.oid);
      }
      return is_grouped;
    }
    return false;
  }

  bool IsGrouped(const LogicalScan& scan, AttributeNumber attnum) const {
    for (size_t i = 0; i < scan.attnums.size(); ++i) {
      if (scan.attnums[i] != attnum) continue;
      for (uint32_t group = 0; group < groups_.size(); ++group) {
        if (groups_[group]->kind != ExprKind::kColumn || !IsInEverySet(group)) continue;
        if (static_cast<const expr::ColumnExpr&>(*groups_[group]).id == scan.outputs[i]) return true;
      }
    }
    return false;
  }

  bool IsInEverySet(uint32_t group) const {
    return std::all_of(sets_.begin(), sets_.end(), [group](const std::vector<uint32_t>& set) {
      return std::find(set.begin(), set.end(), group) != set.end();
    });
  }

  ExpressionBinder& binder_;
  BindState& state_;
  QueryLevel& level_;
  std::vector<Target>& targets_;
  std::vector<ExprPtr> groups_;
  std::vector<size_t> listed_;  // by group: the target it is, or kNotListed
  std::vector<ColumnId> ids_;
  std::set<ColumnId> allowed_;
  Sets sets_;
  bool has_sets_ = false;
  bool in_direct_argument_ = false;
};

}  // namespace

LogicalPtr AddAggregation(ExpressionBinder& binder, const PgQuery__SelectStmt& select,
                          LogicalPtr child, std::vector<Target>& targets,
                          std::vector<ExprPtr>& having) {
  QueryLevel& level = binder.level();
  Grouping grouping(binder, targets);
  grouping.Bind(select);
  const bool aggregates = select.n_group_clause > 0 || select.having_clause != nullptr ||
                          !level.aggregates.empty() || !level.group_calls.empty();
  if (!aggregates) return child;
  grouping.NameGroups();
  for (size_t i = 0; i < targets.size(); ++i) grouping.RewriteTarget(i);
  for (ExprPtr& condition : having) grouping.Rewrite(condition);
  for (ExprPtr& call : level.window_calls) {
    call->VisitChildren([&](ExprPtr& part) { grouping.Rewrite(part); });
  }
  LogicalPtr plan = grouping.Finish(std::move(child));
  if (having.empty()) return plan;
  auto filter = std::make_unique<LogicalFilter>();
  filter->conjuncts = std::move(having);
  filter->children.push_back(std::move(plan));
  return filter;
}

}  // namespace grizzly::planner
