// UPDATE and DELETE: the target joined with FROM or USING, assignments, RETURNING.
#include "catalog/inheritance.h"
#include "planner/binder/assignment.h"
#include "planner/binder/table_expression.h"
#include "planner/binder/table_tree.h"

namespace grizzly::planner {

namespace {

// Binds the statement for one table: the one it names, or a member of that one's tree, whose columns
// are then those of the named one alone.
class ModifyBinder {
 public:
  ModifyBinder(BindState& state, QueryLevel& level, LogicalKind kind,
               const catalog::RelationPtr& named, const catalog::RelationPtr& relation)
      : state_(state), level_(level), binder_(state, level),
        node_(std::make_unique<LogicalModify>(kind)), named_(named), relation_(relation) {}

  // The target, then the other FROM items; the target cannot be used by LATERAL ones.
  void BindFromItems(const PgQuery__RangeVar& name, ast::Node* const* nodes, size_t count) {
    alias_ = name.alias == nullptr ? named_->name : std::string(name.alias->aliasname);
    BoundScan target = ScanTable(state_, level_, relation_, alias_, /*only=*/true);
    auto& scan = static_cast<LogicalScan&>(*target.plan);
    scan.is_target = true;
    node_->target_scan_id = scan.scan_id;
    node_->row_key = state_.AddColumn({"row key", state_.types().Make(facts::kByteaOid)}, &level_);
    scan.attnums.push_back(kRowKeyAttribute);
    scan.outputs.push_back(node_->row_key);
    node_->old_columns.resize(relation_->columns.size(), expr::kNoColumn);
    for (size_t i = 0; i < scan.attnums.size(); ++i) {
      state_.MarkMentioned(scan.outputs[i]);
      if (scan.attnums[i] > 0) node_->old_columns[scan.attnums[i] - 1] = scan.outputs[i];
    }
    ShowNamedColumns(node_->old_columns, target.item);
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
    std::vector<ExprPtr> conjuncts = binder_.BindCondition(where, Place::kWhere);
    if (conjuncts.empty()) return;
    auto filter = std::make_unique<LogicalFilter>();
    filter->conjuncts = std::move(conjuncts);
    filter->children.push_back(std::move(plan_));
    plan_ = std::move(filter);
  }

  void BindSet(ast::Node* const* nodes, size_t count) {
    if (relation_ == named_) {
      node_->assignments = BindAssignments(binder_, *relation_, node_->old_columns, nodes, count);
      return;
    }
    // Bound as the named table's, whose defaults count; then to the member's places.
    std::vector<ColumnId> columns(named_->columns.size(), expr::kNoColumn);
    const std::vector<int32_t> map = catalog::MapColumnsByName(*named_, *relation_);
    for (size_t i = 0; i < map.size(); ++i) {
      if (map[i] >= 0) columns[i] = node_->old_columns[map[i]];
    }
    node_->assignments = BindAssignments(binder_, *named_, columns, nodes, count);
    for (OnConflict::Assignment& assignment : node_->assignments) {
      assignment.attnum = static_cast<AttributeNumber>(map[assignment.attnum - 1] + 1);
    }
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
      ShowNamedColumns(node_->rules.row_columns, row);
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
  // What the statement sees of a member's row: the columns of the named table, in its order.
  void ShowNamedColumns(const std::vector<ColumnId>& columns, RangeItem* item) const {
    if (relation_ == named_) return;
    item->relation = named_;
    item->columns.clear();
    const std::vector<int32_t> map = catalog::MapColumnsByName(*named_, *relation_);
    for (size_t i = 0; i < map.size(); ++i) {
      if (map[i] < 0) continue;
      item->columns.push_back({named_->columns[i].name, columns[map[i]], nullptr});
    }
  }

  BindState& state_;
  QueryLevel& level_;
  ExpressionBinder binder_;
  std::unique_ptr<LogicalModify> node_;
  const catalog::RelationPtr named_;
  const catalog::RelationPtr relation_;
  std::string alias_;
  RangeItem* target_ = nullptr;
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

// Binds the statement for each table its target's name stands for.
template <typename Bind>
BoundQuery BindChanges(BindState& state, QueryLevel& level, const PgQuery__RangeVar& name,
                       std::string_view command, const Bind& bind) {
  const catalog::RelationPtr named = RequireRelation(state, name);
  CheckMayChange(*named, command, name.location);
  const std::vector<catalog::RelationPtr> tables =
      UseTree(state, named, !name.inh, txn::RelationLockMode::kRowExclusive);
  if (tables.size() == 1) return bind(level, named, tables.front());
  std::vector<BoundQuery> changes;
  for (const catalog::RelationPtr& table : tables) {
    changes.push_back(bind(NewLevel(state, &level), named, table));
  }
  return AppendChanges(state, level, std::move(changes));
}

}  // namespace

BoundQuery BindUpdate(BindState& state, QueryLevel* outer, const PgQuery__UpdateStmt& update) {
  QueryLevel& level = NewLevel(state, outer);
  std::vector<LogicalPtr> plans;
  if (update.with_clause != nullptr) BindWith(state, level, *update.with_clause, &plans);
  BoundQuery query = BindChanges(
      state, level, *update.relation, "UPDATE",
      [&](QueryLevel& at, const catalog::RelationPtr& named, const catalog::RelationPtr& table) {
        ModifyBinder binder(state, at, LogicalKind::kUpdate, named, table);
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
      [&](QueryLevel& at, const catalog::RelationPtr& named, const catalog::RelationPtr& table) {
        ModifyBinder binder(state, at, LogicalKind::kDelete, named, table);
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
