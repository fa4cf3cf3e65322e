// MERGE: the source joined with the target, and what happens to each of its rows.
#include <fmt/format.h>

#include "catalog/inheritance.h"
#include "plan/row_key.h"
#include "planner/binder/assignment.h"
#include "planner/binder/from_binder.h"
#include "planner/binder/insert_columns.h"
#include "planner/binder/table_expression.h"
#include "planner/binder/table_tree.h"

namespace grizzly::planner {

namespace {

class MergeBinder {
 public:
  MergeBinder(BindState& state, QueryLevel& level, const PgQuery__MergeStmt& merge)
      : state_(state), level_(level), merge_(merge), binder_(state, level) {}

  BoundQuery Bind() {
    CheckReachable();
    BindTarget();
    FromBinder::Item source = FromBinder(state_, level_).Bind(*merge_.source_relation);
    CheckNames(source);
    JoinWith(std::move(source));
    for (size_t i = 0; i < merge_.n_merge_when_clauses; ++i) {
      BindAction(*merge_.merge_when_clauses[i]->merge_when_clause);
    }
    BindTables();
    BoundQuery query;
    query.plan = std::move(node_);
    return query;
  }

 private:
  // A clause behind one of its kind without a condition is never reached.
  void CheckReachable() const {
    bool closed[2] = {false, false};
    for (size_t i = 0; i < merge_.n_merge_when_clauses; ++i) {
      const PgQuery__MergeWhenClause& clause = *merge_.merge_when_clauses[i]->merge_when_clause;
      if (closed[clause.matched]) {
        throw SqlError(SqlState::kSyntaxError,
                       "unreachable WHEN clause specified after unconditional WHEN clause");
      }
      closed[clause.matched] = clause.condition == nullptr;
    }
  }

  bool HasNotMatched() const {
    for (size_t i = 0; i < merge_.n_merge_when_clauses; ++i) {
      if (!merge_.merge_when_clauses[i]->merge_when_clause->matched) return true;
    }
    return false;
  }

  void CheckKind() const {
    using Kind = catalog::RelationKind;
    const char* const what = relation_->kind == Kind::kView               ? "views"
                             : relation_->kind == Kind::kMaterializedView ? "materialized views"
                             : relation_->kind == Kind::kSequence         ? "sequences"
                                                                          : nullptr;
    if (what != nullptr) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     fmt::format("cannot execute MERGE on relation \"{}\"", relation_->name))
          .Detail(fmt::format("This operation is not supported for {}.", what));
    }
    CheckMayChange(*relation_, "MERGE", merge_.relation->location);
  }

  void BindTarget() {
    const PgQuery__RangeVar& name = *merge_.relation;
    relation_ = RequireRelation(state_, name);
    CheckKind();
    tables_ = UseTree(state_, relation_, !name.inh, txn::RelationLockMode::kRowExclusive);
    node_->relation = relation_;
    alias_ = name.alias == nullptr ? relation_->name : std::string(name.alias->aliasname);
    BoundScan target = ScanTable(state_, level_, relation_, alias_, !name.inh);
    auto& scan = static_cast<LogicalScan&>(*target.plan);
    scan.is_target = true;
    node_->target_scan_id = scan.scan_id;
    node_->row_key = state_.AddColumn({"row key", state_.types().Make(facts::kByteaOid)}, &level_);
    scan.attnums.push_back(plan::kWholeRowKeyAttribute);
    scan.outputs.push_back(node_->row_key);
    old_columns_.resize(relation_->columns.size(), expr::kNoColumn);
    for (size_t i = 0; i < scan.attnums.size(); ++i) {
      state_.MarkMentioned(scan.outputs[i]);
      if (scan.attnums[i] > 0) old_columns_[scan.attnums[i] - 1] = scan.outputs[i];
    }
    target_ = target.item;
    target_plan_ = std::move(target.plan);
  }

  void CheckNames(const FromBinder::Item& source) const {
    for (const NamespaceEntry& entry : source.names) {
      if (!entry.by_name || entry.item->alias != alias_) continue;
      throw SqlError(SqlState::kDuplicateAlias,
                     fmt::format("name \"{}\" specified more than once", alias_))
          .Detail("The name is used both as MERGE target table and data source.");
    }
  }

  void JoinWith(FromBinder::Item source) {
    source_names_ = source.names;
    both_names_ = source.names;
    both_names_.insert(both_names_.begin(), NamespaceEntry{target_});
    level_.names = both_names_;
    auto join = std::make_unique<LogicalJoin>();
    join->type = HasNotMatched() ? JoinType::kLeft : JoinType::kInner;
    join->conditions = binder_.BindCondition(merge_.join_condition, Place::kJoinOn);
    join->children.push_back(std::move(source.plan));
    join->children.push_back(std::move(target_plan_));
    node_->children.push_back(std::move(join));
  }

  void BindAction(const PgQuery__MergeWhenClause& clause) {
    LogicalMerge::Action action;
    action.matched = clause.matched;
    // Where nothing matches there is no target row to look at.
    level_.names = clause.matched ? both_names_ : source_names_;
    if (clause.condition != nullptr) {
      action.condition = MakeBoolOperation(
          expr::BoolOperation::kAnd, binder_.BindCondition(clause.condition, Place::kMergeWhen));
    }
    switch (clause.command_type) {
      case PG_QUERY__CMD_TYPE__CMD_INSERT:
        action.kind = LogicalMerge::ActionKind::kInsert;
        BindInsertAction(clause, action);
        break;
      case PG_QUERY__CMD_TYPE__CMD_UPDATE:
        action.kind = LogicalMerge::ActionKind::kUpdate;
        action.assignments = BindAssignments(binder_, *relation_, old_columns_,
                                             clause.target_list, clause.n_target_list);
        break;
      case PG_QUERY__CMD_TYPE__CMD_DELETE:
        action.kind = LogicalMerge::ActionKind::kDelete;
        break;
      default:
        action.kind = LogicalMerge::ActionKind::kNothing;
    }
    node_->actions.push_back(std::move(action));
  }

  void BindInsertAction(const PgQuery__MergeWhenClause& clause, LogicalMerge::Action& action) {
    InsertColumns columns(state_, clause.override);
    const ChangeTarget target(state_, relation_, "MERGE", merge_.relation->location);
    columns.Bind(target, clause.target_list, clause.n_target_list);
    action.values.resize(relation_->columns.size());
    const size_t given = clause.n_values;
    if (given > 0) {
      columns.CheckWidth(given, given > columns.size() ? LocationOf(clause.values[columns.size()])
                                                       : -1);
    }
    AtPlace at(level_, Place::kValues);
    for (size_t i = 0; i < given; ++i) {
      columns.Take(binder_, action.values, i, columns.BindValue(binder_, *clause.values[i], i),
                   LocationOf(clause.values[i]));
    }
    columns.FillDefaults(action.values);
  }

  // What new rows of the tables meet.
  void BindTables() {
    if (relation_->IsPartitioned()) {
      node_->routing = BindRouting(state_, level_, relation_);
      for (const LogicalMerge::Action& action : node_->actions) {
        for (const catalog::RelationPtr& table : tables_) {
          node_->may_move |= MayLeavePartition(state_, *table, InColumnsOf(*table, action));
        }
      }
      return;
    }
    for (const catalog::RelationPtr& table : tables_) {
      RowRules& rules = node_->tables.emplace_back(MakeRowRules(state_, level_, table));
      BindRowRules(state_, rules);
      BindPartitionCheck(state_, rules);
    }
  }

  std::vector<OnConflict::Assignment> InColumnsOf(const catalog::Relation& table,
                                                  const LogicalMerge::Action& action) const {
    const std::vector<int32_t> map = catalog::MapColumnsByName(*relation_, table);
    std::vector<OnConflict::Assignment> assignments;
    for (const OnConflict::Assignment& assignment : action.assignments) {
      const int32_t place = map[assignment.attnum - 1];
      assignments.push_back({static_cast<AttributeNumber>(place + 1), nullptr});
    }
    return assignments;
  }

  BindState& state_;
  QueryLevel& level_;
  const PgQuery__MergeStmt& merge_;
  ExpressionBinder binder_;
  std::unique_ptr<LogicalMerge> node_ = std::make_unique<LogicalMerge>();
  catalog::RelationPtr relation_;
  std::vector<catalog::RelationPtr> tables_;  // with rows, of its tree
  std::vector<ColumnId> old_columns_;         // of the named one, by attnum - 1
  std::string alias_;
  RangeItem* target_ = nullptr;
  LogicalPtr target_plan_;
  Namespace source_names_;
  Namespace both_names_;
};

}  // namespace

BoundQuery BindMerge(BindState& state, QueryLevel* outer, const PgQuery__MergeStmt& merge) {
  QueryLevel& level = NewLevel(state, outer);
  std::vector<LogicalPtr> plans;
  if (merge.with_clause != nullptr) {
    if (merge.with_clause->recursive) {
      throw SqlError(SqlState::kSyntaxError,
                     "WITH RECURSIVE is not supported for MERGE statement");
    }
    BindWith(state, level, *merge.with_clause, &plans);
  }
  BoundQuery query = MergeBinder(state, level, merge).Bind();
  if (merge.with_clause != nullptr) {
    query.plan = WrapInWith(level, *merge.with_clause, std::move(plans), std::move(query.plan));
  }
  return query;
}

}  // namespace grizzly::planner
