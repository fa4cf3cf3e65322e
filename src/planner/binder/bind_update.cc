// UPDATE and DELETE: the target joined with FROM or USING, assignments, RETURNING.
#include "planner/binder/assignment.h"
#include "planner/binder/table_expression.h"

namespace grizzly::planner {

namespace {

class ModifyBinder {
 public:
  ModifyBinder(BindState& state, QueryLevel& level, LogicalKind kind)
      : state_(state), level_(level), binder_(state, level),
        node_(std::make_unique<LogicalModify>(kind)) {}

  // The target, then the other FROM items; the target cannot be used by LATERAL ones.
  void BindFromItems(const PgQuery__RangeVar& name, std::string_view command,
                     ast::Node* const* nodes, size_t count) {
    relation_ = RequireRelation(state_, name);
    CheckMayChange(*relation_, command, name.location);
    state_.UseRelation(relation_, txn::RelationLockMode::kRowExclusive);
    alias_ = name.alias == nullptr ? relation_->name : std::string(name.alias->aliasname);
    BoundScan target = ScanTable(state_, level_, relation_, alias_, !name.inh);
    auto& scan = static_cast<LogicalScan&>(*target.plan);
    scan.is_target = true;
    target_scan_ = &scan;
    node_->target_scan_id = scan.scan_id;
    node_->row_key = state_.AddColumn({"row key", state_.types().Make(facts::kByteaOid)}, &level_);
    scan.attnums.push_back(kRowKeyAttribute);
    scan.outputs.push_back(node_->row_key);
    node_->old_columns.resize(relation_->columns.size(), expr::kNoColumn);
    for (size_t i = 0; i < scan.attnums.size(); ++i) {
      state_.MarkMentioned(scan.outputs[i]);
      if (scan.attnums[i] > 0) node_->old_columns[scan.attnums[i] - 1] = scan.outputs[i];
    }
    level_.names.push_back(
        {target.item, true, true, /*lateral_only=*/true, /*lateral_ok=*/false});
    target_ = target.item;
    LogicalPtr others = BindFrom(state_, level_, nodes, count);
    plan_ = others == nullptr ? std::move(target.plan)
                              : JoinLogical(std::move(target.plan), std::move(others));
    level_.names[0].lateral_only = false;
    level_.names[0].lateral_ok = true;
  }

  void BindWhere(const ast::Node* where) {
    if (where != nullptr && where->node_case == PG_QUERY__NODE__NODE_CURRENT_OF_EXPR) {
      target_scan_->current_of = where->current_of_expr->cursor_name;
      return;
    }
    std::vector<ExprPtr> conjuncts = binder_.BindCondition(where, Place::kWhere);
    if (conjuncts.empty()) return;
    auto filter = std::make_unique<LogicalFilter>();
    filter->conjuncts = std::move(conjuncts);
    filter->children.push_back(std::move(plan_));
    plan_ = std::move(filter);
  }

  void BindSet(ast::Node* const* nodes, size_t count) {
    node_->assignments = BindAssignments(binder_, *relation_, node_->old_columns, nodes, count);
  }

  BoundQuery Finish(ast::Node* const* returning, size_t count) {
    node_->rules = MakeRowRules(state_, level_, relation_);
    BindRowRules(state_, node_->rules);
    BoundQuery query;
    if (count > 0) {
      // The target's columns are now those of the new (deleted) row.
      QueryLevel& level = NewLevel(state_, level_.outer);
      level.ctes = std::move(level_.ctes);
      RangeItem* row = level.AddItem(TableItem(relation_, alias_, node_->rules.row_columns));
      for (NamespaceEntry entry : level_.names) {
        if (entry.item == target_) entry.item = row;
        level.names.push_back(entry);
      }
      node_->returning = BindReturning(state_, level, returning, count, *node_, query);
      level_.ctes = std::move(level.ctes);
    }
    node_->children.push_back(std::move(plan_));
    query.plan = std::move(node_);
    return query;
  }

 private:
  BindState& state_;
  QueryLevel& level_;
  ExpressionBinder binder_;
  std::unique_ptr<LogicalModify> node_;
  catalog::RelationPtr relation_;
  std::string alias_;
  RangeItem* target_ = nullptr;
  LogicalScan* target_scan_ = nullptr;
  LogicalPtr plan_;
};

}  // namespace

BoundQuery BindUpdate(BindState& state, QueryLevel* outer, const PgQuery__UpdateStmt& update) {
  QueryLevel& level = NewLevel(state, outer);
  std::vector<LogicalPtr> plans;
  if (update.with_clause != nullptr) BindWith(state, level, *update.with_clause, &plans);
  ModifyBinder binder(state, level, LogicalKind::kUpdate);
  binder.BindFromItems(*update.relation, "UPDATE", update.from_clause, update.n_from_clause);
  binder.BindWhere(update.where_clause);
  binder.BindSet(update.target_list, update.n_target_list);
  BoundQuery query = binder.Finish(update.returning_list, update.n_returning_list);
  if (update.with_clause != nullptr) {
    query.plan =
        WrapInWith(level, *update.with_clause, std::move(plans), std::move(query.plan));
  }
  return query;
}

BoundQuery BindDelete(BindState& state, QueryLevel* outer, const PgQuery__DeleteStmt& remove) {
  QueryLevel& level = NewLevel(state, outer);
  std::vector<LogicalPtr> plans;
  if (remove.with_clause != nullptr) BindWith(state, level, *remove.with_clause, &plans);
  ModifyBinder binder(state, level, LogicalKind::kDelete);
  binder.BindFromItems(*remove.relation, "DELETE", remove.using_clause, remove.n_using_clause);
  binder.BindWhere(remove.where_clause);
  BoundQuery query = binder.Finish(remove.returning_list, remove.n_returning_list);
  if (remove.with_clause != nullptr) {
    query.plan =
        WrapInWith(level, *remove.with_clause, std::move(plans), std::move(query.plan));
  }
  return query;
}

}  // namespace grizzly::planner
