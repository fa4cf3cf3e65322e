// UPDATE and DELETE: the target joined with FROM or USING, assignments, RETURNING.
#include "catalog/inheritance.h"
#include "planner/binder/assignment.h"
#include "planner/binder/change_target.h"
#include "planner/binder/table_expression.h"
#include "planner/binder/table_tree.h"

namespace grizzly::planner {

namespace {

// Binds the statement for one table: the one it names, or a member of that one's tree, whose columns
// are then those of the named one alone.
class ModifyBinder {
 public:
  ModifyBinder(BindState& state, QueryLevel& level, LogicalKind kind, const ChangeTarget& change,
               const catalog::RelationPtr& relation)
      : state_(state), level_(level), binder_(state, level),
        node_(std::make_unique<LogicalModify>(kind)), change_(change), relation_(relation) {}

  // The target, then the other FROM items; the target cannot be used by LATERAL ones.
  void BindFromItems(const PgQuery__RangeVar& name, ast::Node* const* nodes, size_t count) {
    alias_ = name.alias == nullptr ? change_.named()->name : std::string(name.alias->aliasname);
    BoundScan target = ScanTable(state_, level_, relation_, alias_, /*only=*/true);
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
    if (change_.is_view() || IsMember()) ShowNamed(&target);
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

  // Bound as the named table's (or view's), whose defaults count; then to the member's places.
  void BindSet(ast::Node* const* nodes, size_t count) {
    node_->assignments =
        BindAssignments(binder_, *change_.face(), InNamedOrder(node_->old_columns),
                        change_.Renamed(nodes, count).data(), count);
    if (!IsMember()) return;
    const std::vector<int32_t> map = catalog::MapColumnsByName(*change_.table(), *relation_);
    for (OnConflict::Assignment& assignment : node_->assignments) {
      assignment.attnum = static_cast<AttributeNumber>(map[assignment.attnum - 1] + 1);
    }
  }

  BoundQuery Finish(ast::Node* const* returning, size_t count) {
    node_->rules = MakeRowRules(state_, level_, relation_);
    BindRowRules(state_, node_->rules);
    if (node_->kind == LogicalKind::kUpdate) AddViewChecks();
    BoundQuery query;
    if (count > 0) {
      // The target's columns are now those of the new (deleted) row.
      QueryLevel& level = NewLevel(state_, level_.outer);
      level.ctes = std::move(level_.ctes);
      // tableoid and its like are those of the row as it was found.
      RangeItem* row = level.AddItem(
          change_.Over(alias_, InNamedOrder(node_->rules.row_columns), {nullptr, target_scan_}).item);
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
  bool IsMember() const { return relation_ != change_.table(); }

  // The columns of the named table, in its order, of a row of this one.
  std::vector<ColumnId> InNamedOrder(const std::vector<ColumnId>& columns) const {
    if (!IsMember()) return columns;
    std::vector<ColumnId> ordered(change_.table()->columns.size(), expr::kNoColumn);
    const std::vector<int32_t> map = catalog::MapColumnsByName(*change_.table(), *relation_);
    for (size_t i = 0; i < map.size(); ++i) {
      if (map[i] >= 0) ordered[i] = columns[map[i]];
    }
    return ordered;
  }

  // The statement sees the columns of what it names, and of a view's table the rows the view shows.
  void ShowNamed(BoundScan* target) {
    ViewOverColumns over =
        change_.Over(alias_, InNamedOrder(node_->old_columns), {nullptr, target_scan_});
    target->item = level_.AddItem(std::move(over.item));
    for (size_t i = over.conditions.size(); i-- > 0;) {
      if (over.conditions[i].empty()) continue;
      auto filter = std::make_unique<LogicalFilter>();
      filter->conjuncts = std::move(over.conditions[i]);
      filter->children.push_back(std::move(target->plan));
      target->plan = std::move(filter);
    }
  }

  // A view's conditions are over the columns of the table it is of.
  void AddViewChecks() {
    std::vector<ColumnId> own = InNamedOrder(node_->rules.row_columns);
    own.swap(node_->rules.row_columns);
    change_.AddViewChecks(node_->rules);
    own.swap(node_->rules.row_columns);
  }

  BindState& state_;
  QueryLevel& level_;
  ExpressionBinder binder_;
  std::unique_ptr<LogicalModify> node_;
  const ChangeTarget& change_;
  const catalog::RelationPtr relation_;
  std::string alias_;
  RangeItem* target_ = nullptr;
  LogicalScan* target_scan_ = nullptr;
  LogicalPtr plan_;
};

// The changes of a tree's tables, one after the other.
BoundQuery AppendChanges(BindState& state, QueryLevel& level, std::vector<BoundQuery> changes) {
  if (changes.size() == 1) return std::move(changes.front());
  auto append = std::make_unique<LogicalSetOperation>();
  append->operation = SetOperationType::kUnion;
  append->all = true;
  BoundQuery query;
  for (const OutputColumn& output : changes.front().outputs) {
    const ColumnId id = state.AddColumn(state.columns[output.id], &level);
    append->outputs.push_back(id);
    query.outputs.push_back({output.name, id});
  }
  for (BoundQuery& change : changes) append->children.push_back(std::move(change.plan));
  query.plan = std::move(append);
  return query;
}

// An UPDATE that may take rows out of their partitions: where they go, or, of a partition that is named
// itself, that they may not.
void BindMoves(BindState& state, QueryLevel& level, const catalog::RelationPtr& named,
               std::vector<BoundQuery>& changes) {
  std::shared_ptr<RowRouting> routing;
  for (BoundQuery& change : changes) {
    if (change.plan->kind != LogicalKind::kUpdate) return;
    auto& modify = static_cast<LogicalModify&>(*change.plan);
    const catalog::Relation& partition = *modify.rules.relation;
    if (!partition.IsPartition() || !MayLeavePartition(state, partition, modify.assignments)) {
      continue;
    }
    BindPartitionCheck(state, modify.rules);
    if (!named->IsPartitioned() || modify.rules.partition_check == nullptr) continue;
    if (routing == nullptr) routing = BindRouting(state, level, named);
    modify.routing = routing;
  }
}

// Binds the statement for each table its target's name stands for.
template <typename Bind>
BoundQuery BindChanges(BindState& state, QueryLevel& level, const PgQuery__RangeVar& name,
                       std::string_view command, const Bind& bind) {
  const ChangeTarget target(state, name, command);
  std::vector<catalog::RelationPtr> tables =
      UseTree(state, target.table(), !name.inh, txn::RelationLockMode::kRowExclusive);
  if (tables.empty()) tables.push_back(target.table());  // without partitions: no rows
  std::vector<BoundQuery> changes;
  if (tables.size() == 1) {
    changes.push_back(bind(level, target, tables.front()));
  } else {
    for (const catalog::RelationPtr& table : tables) {
      changes.push_back(bind(NewLevel(state, &level), target, table));
    }
  }
  BindMoves(state, level, target.table(), changes);
  return AppendChanges(state, level, std::move(changes));
}

}  // namespace

BoundQuery BindUpdate(BindState& state, QueryLevel* outer, const PgQuery__UpdateStmt& update) {
  QueryLevel& level = NewLevel(state, outer);
  std::vector<LogicalPtr> plans;
  if (update.with_clause != nullptr) BindWith(state, level, *update.with_clause, &plans);
  BoundQuery query = BindChanges(
      state, level, *update.relation, "UPDATE",
      [&](QueryLevel& at, const ChangeTarget& target, const catalog::RelationPtr& table) {
        ModifyBinder binder(state, at, LogicalKind::kUpdate, target, table);
        binder.BindFromItems(*update.relation, update.from_clause, update.n_from_clause);
        binder.BindWhere(update.where_clause);
        binder.BindSet(update.target_list, update.n_target_list);
        return binder.Finish(update.returning_list, update.n_returning_list);
      });
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
  BoundQuery query = BindChanges(
      state, level, *remove.relation, "DELETE",
      [&](QueryLevel& at, const ChangeTarget& target, const catalog::RelationPtr& table) {
        ModifyBinder binder(state, at, LogicalKind::kDelete, target, table);
        binder.BindFromItems(*remove.relation, remove.using_clause, remove.n_using_clause);
        binder.BindWhere(remove.where_clause);
        return binder.Finish(remove.returning_list, remove.n_returning_list);
      });
  if (remove.with_clause != nullptr) {
    query.plan =
        WrapInWith(level, *remove.with_clause, std::move(plans), std::move(query.plan));
  }
  return query;
}

}  // namespace grizzly::planner
