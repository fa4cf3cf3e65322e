#include "planner/binder/table_tree.h"

#include <algorithm>

#include "catalog/inheritance.h"
#include "catalog/partition_map.h"
#include "catalog/partition_text.h"
#include "planner/binder/table_expression.h"

namespace grizzly::planner {

std::vector<catalog::RelationPtr> UseTree(BindState& state, const catalog::RelationPtr& relation,
                                          bool only, txn::RelationLockMode mode) {
  state.UseRelation(relation, mode);
  if (relation->oid < kFirstUserOid) return {relation};
  if (only) return relation->IsPartitioned() ? std::vector<catalog::RelationPtr>() : std::vector{relation};
  std::vector<catalog::RelationPtr> tree = catalog::TreeOf(state.catalog(), relation);
  for (const catalog::RelationPtr& member : tree) state.UseRelation(member, mode);
  if (relation->IsPartitioned()) return catalog::PartitionLeaves(state.catalog(), relation);
  std::erase_if(tree, [](const catalog::RelationPtr& member) { return !member->HasRows(); });
  return tree;
}

namespace {

class RoutingBinder {
 public:
  RoutingBinder(BindState& state, QueryLevel& level) : state_(state), level_(level) {}

  std::shared_ptr<RowRouting> Bind(const catalog::RelationPtr& root) {
    AddTable(root);
    return std::move(routing_);
  }

 private:
  // Its position in tables.
  int32_t AddTable(const catalog::RelationPtr& relation) {
    CheckStackDepth();
    state_.UseRelation(relation, txn::RelationLockMode::kRowExclusive);
    const size_t position = routing_->tables.size();
    RowRouting::Table& table = routing_->tables.emplace_back();
    table.relation = relation;
    table.row_columns = MakeRowRules(state_, level_, relation).row_columns;
    for (const catalog::PartitionKey::Part& part : relation->partition_key->parts) {
      table.keys.push_back(part.column != 0
                               ? state_.Mention(table.row_columns[part.column - 1], -1)
                               : BindOverTable(state_, part.expression, relation.get(),
                                               table.row_columns, Place::kPartitionKey));
    }
    const auto map = std::make_shared<const catalog::PartitionMap>(state_.catalog(), *relation);
    table.map = map;
    std::vector<int32_t> targets;
    for (size_t i = 0; i < map->size(); ++i) {
      const catalog::RelationPtr& partition = map->partition(i);
      targets.push_back(partition->IsPartitioned() ? ~AddTable(partition) : AddLeaf(partition));
    }
    routing_->tables[position].targets = std::move(targets);
    return static_cast<int32_t>(position);
  }

  int32_t AddLeaf(const catalog::RelationPtr& relation) {
    state_.UseRelation(relation, txn::RelationLockMode::kRowExclusive);
    RowRules rules = MakeRowRules(state_, level_, relation);
    BindRowRules(state_, rules);
    routing_->leaves.push_back(std::move(rules));
    return static_cast<int32_t>(routing_->leaves.size() - 1);
  }

  BindState& state_;
  QueryLevel& level_;
  std::shared_ptr<RowRouting> routing_ = std::make_shared<RowRouting>();
};

}  // namespace

namespace {

// Null: it takes every row.
ExprPtr BindConstraint(BindState& state, const catalog::Relation& relation,
                       const std::vector<ColumnId>& row_columns) {
  if (!relation.IsPartition()) return nullptr;
  const catalog::Definition condition = catalog::PartitionConstraint(state.catalog(), relation);
  if (condition.empty()) return nullptr;
  return BindOverTable(state, condition, &relation, row_columns, Place::kCheck);
}

}  // namespace

std::shared_ptr<RowRouting> BindRouting(BindState& state, QueryLevel& level,
                                        const catalog::RelationPtr& root) {
  std::shared_ptr<RowRouting> routing = RoutingBinder(state, level).Bind(root);
  RowRouting::Table& first = routing->tables[0];
  // A root that is a partition itself: one more key, the condition its own bound sets.
  if (ExprPtr condition = BindConstraint(state, *root, first.row_columns)) {
    first.keys.push_back(std::move(condition));
  }
  return routing;
}

void BindPartitionCheck(BindState& state, RowRules& rules) {
  rules.partition_check = BindConstraint(state, *rules.relation, rules.row_columns);
}

bool MayLeavePartition(BindState& state, const catalog::Relation& partition,
                       const std::vector<OnConflict::Assignment>& assignments) {
  for (const catalog::RelationPtr& ancestor :
       catalog::PartitionAncestors(state.catalog(), partition)) {
    for (const catalog::PartitionKey::Part& part : ancestor->partition_key->parts) {
      if (part.column == 0) return true;  // an expression: over any columns
      const std::string& name = ancestor->columns[part.column - 1].name;
      const bool assigned =
          std::any_of(assignments.begin(), assignments.end(), [&](const auto& assignment) {
            return partition.columns[assignment.attnum - 1].name == name;
          });
      if (assigned) return true;
    }
  }
  return false;
}

}  // namespace grizzly::planner
