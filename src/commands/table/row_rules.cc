#include "commands/table/row_rules.h"

#include "base/error/check.h"
#include "catalog/inheritance.h"
#include "catalog/partition_map.h"
#include "catalog/partition_text.h"
#include "commands/evaluation.h"
#include "commands/relation_lookup.h"
#include "planner/physical/constraint_rules.h"

namespace grizzly::commands {

using planner::ExpressionPlace;

plan::RowRules::Index MakeIndexRules(CommandInput& input, const catalog::Relation& table,
                                     const catalog::RelationPtr& index) {
  plan::RowRules::Index rules;
  rules.index = index;
  rules.plain_columns = true;
  for (const catalog::IndexDefinition::Part& part : index->index->parts) {
    if (part.column != 0) {
      rules.key_parts.push_back(std::make_unique<expr::InputExpr>(
          table.columns[part.column - 1].type, static_cast<uint32_t>(part.column - 1)));
      continue;
    }
    rules.plain_columns = false;
    rules.key_parts.push_back(
        OverRow(BindStored(input, part.expression, &table, ExpressionPlace::kIndexPart)));
  }
  if (!index->index->predicate.empty()) {
    rules.predicate = OverRow(
        BindStored(input, index->index->predicate, &table, ExpressionPlace::kIndexPredicate));
  }
  return rules;
}

plan::RowRules MakeRowRules(CommandInput& input, const catalog::RelationPtr& table) {
  plan::RowRules rules;
  rules.relation = table;
  const planner::BinderInput binder = MakeBinderInput(input);
  for (const catalog::Column& column : table->columns) {
    if (column.dropped || column.generated == '\0') continue;
    expr::ExprPtr value =
        BindStored(input, column.default_value, table.get(), ExpressionPlace::kGenerated);
    value = planner::CoerceForAssignment(std::move(value), column.type, column.name, binder);
    rules.generated.push_back({column.attnum, OverRow(std::move(value))});
  }
  for (const catalog::Constraint& constraint : table->constraints) {
    if (constraint.kind != catalog::ConstraintKind::kCheck) continue;
    rules.checks.push_back(
        {constraint.name,
         OverRow(BindStored(input, constraint.check, table.get(), ExpressionPlace::kCheck))});
  }
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  if (table->IsPartition()) {
    const catalog::Definition condition = catalog::PartitionConstraint(*snapshot, *table);
    if (!condition.empty()) {
      rules.partition_check =
          OverRow(BindStored(input, condition, table.get(), ExpressionPlace::kCheck));
    }
  }
  if (table->IsPartitioned()) return rules;  // what its partitions have is theirs
  for (const Oid oid : table->indexes) {
    const catalog::RelationPtr index = snapshot->FindRelation(oid);
    GRIZZLY_CHECK(index != nullptr);
    if (index->index->clustered_by) continue;  // the rows themselves are its entries
    if (!index->index->IsKept()) continue;
    rules.indexes.push_back(MakeIndexRules(input, *table, index));
  }
  planner::AddConstraintRules(*snapshot, &rules);
  return rules;
}

namespace {

class RoutingMaker {
 public:
  RoutingMaker(CommandInput& input, const catalog::RelationPtr& root)
      : input_(input), root_(*root) {
    AddTable(root);
    plan::RowRules rules = MakeRowRules(input, root);
    if (rules.partition_check != nullptr) {
      routing_.tables[0].keys.push_back(std::move(rules.partition_check));
    }
    planner::AddMoveRules(*input.editor.Current(), &routing_);
  }
  plan::RowRouting Take() { return std::move(routing_); }

 private:
  int32_t AddTable(const catalog::RelationPtr& relation) {
    const size_t position = routing_.tables.size();
    plan::RowRouting::Table& table = routing_.tables.emplace_back();
    table.relation = relation;
    table.from_root = catalog::MapColumnsByName(*relation, root_);
    for (const catalog::PartitionKey::Part& part : relation->partition_key->parts) {
      if (part.column != 0) {
        table.keys.push_back(std::make_unique<expr::InputExpr>(
            part.type, static_cast<uint32_t>(part.column - 1)));
      } else {
        table.keys.push_back(OverRow(BindStored(input_, part.expression, relation.get(),
                                                ExpressionPlace::kPartitionKey)));
      }
    }
    const auto map =
        std::make_shared<const catalog::PartitionMap>(*input_.editor.Current(), *relation);
    table.map = map;
    std::vector<int32_t> targets;
    for (size_t i = 0; i < map->size(); ++i) {
      const catalog::RelationPtr& partition = map->partition(i);
      LockRelationByOid(input_, partition->oid, txn::RelationLockMode::kRowExclusive);
      targets.push_back(partition->IsPartitioned() ? ~AddTable(partition) : AddLeaf(partition));
    }
    routing_.tables[position].targets = std::move(targets);
    return static_cast<int32_t>(position);
  }

  int32_t AddLeaf(const catalog::RelationPtr& relation) {
    plan::RowRouting::Leaf& leaf = routing_.leaves.emplace_back();
    leaf.rules = MakeRowRules(input_, relation);
    leaf.rules.partition_check = nullptr;  // rows come routed
    leaf.from_root = catalog::MapColumnsByName(*relation, root_);
    return static_cast<int32_t>(routing_.leaves.size() - 1);
  }

  CommandInput& input_;
  const catalog::Relation& root_;
  plan::RowRouting routing_;
};

}  // namespace

plan::RowRouting MakeRowRouting(CommandInput& input, const catalog::RelationPtr& root) {
  return RoutingMaker(input, root).Take();
}

}  // namespace grizzly::commands
