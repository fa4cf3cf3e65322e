// INSERT, UPDATE, DELETE, FOR UPDATE.
#include <algorithm>

#include "catalog/inheritance.h"
#include "planner/physical/changed_keys.h"
#include "planner/physical/constraint_rules.h"
#include "planner/physical/conversion.h"

namespace grizzly::planner {

namespace {

// A scan by unique key right below: it may lock before it reads.
plan::TableScanNode* PointScanBelow(plan::Node& node, uint32_t scan_id) {
  plan::Node* below = &node;
  while (below->kind == plan::NodeKind::kProject) below = below->children[0].get();
  if (below->kind != plan::NodeKind::kTableScan) return nullptr;
  auto& scan = static_cast<plan::TableScanNode&>(*below);
  const bool by_row_key =
      scan.scan_id == scan_id && scan.unique_match && scan.index == nullptr &&
      scan.bounds.any_of == nullptr;
  return by_row_key ? &scan : nullptr;
}

// Only references that these columns are part of are checked.
void DropUntouchedReferences(const std::vector<AttributeNumber>& assigned, plan::ModifyNode& node) {
  std::erase_if(node.rules.referenced_by, [&](const plan::ForeignKeyRulePtr& rule) {
    // Who refers to the very partition loses a row that leaves it.
    const bool may_lose = node.routing != nullptr && !rule->is_part;
    return !may_lose && !AssignsAny(rule->referenced_columns, assigned);
  });
  // A row that moves owes its checks under another key.
  if (node.changed_keys.key_may_change) return;
  std::erase_if(node.rules.references, [&](const plan::ForeignKeyRulePtr& rule) {
    return !AssignsAny(rule->referencing_columns, assigned);
  });
}

}  // namespace

std::shared_ptr<const plan::RowRouting> Conversion::ConvertRouting(
    RowRouting& routing, const std::vector<Oid>& arbiters) {
  auto& converted = routings_[&routing];
  if (converted != nullptr) return converted;
  auto made = std::make_shared<plan::RowRouting>();
  const catalog::Relation& root = *routing.tables[0].relation;
  for (RowRouting::Table& table : routing.tables) {
    plan::RowRouting::Table& to = made->tables.emplace_back();
    to.relation = table.relation;
    to.from_root = catalog::MapColumnsByName(*table.relation, root);
    to.keys = ResolveAll(table.keys, table.row_columns);
    to.map = table.map;
    to.targets = table.targets;
  }
  for (RowRules& leaf : routing.leaves) {
    plan::RowRouting::Leaf& to = made->leaves.emplace_back();
    to.from_root = catalog::MapColumnsByName(*leaf.relation, root);
    to.rules = ConvertRules(leaf);
    for (const Oid arbiter : arbiters) {
      const auto own = catalog::PartOfIndex(*input_.catalog, *leaf.relation, arbiter);
      if (own != nullptr) to.arbiters.push_back(own->oid);
    }
  }
  AddMoveRules(*input_.catalog, made.get());
  converted = std::move(made);
  return converted;
}

plan::RowRules Conversion::ConvertRules(RowRules& rules) {
  plan::RowRules converted;
  converted.relation = rules.relation;
  const std::vector<ColumnId>& row = rules.row_columns;
  for (RowRules::Generated& generated : rules.generated) {
    converted.generated.push_back({generated.attnum, Resolve(std::move(generated.value), row)});
  }
  for (RowRules::Check& check : rules.checks) {
    converted.checks.push_back({check.name, Resolve(std::move(check.condition), row)});
  }
  for (RowRules::ViewCheck& check : rules.view_checks) {
    converted.view_checks.push_back({check.view_name, Resolve(std::move(check.condition), row)});
  }
  if (rules.partition_check != nullptr) {
    converted.partition_check = Resolve(std::move(rules.partition_check), row);
  }
  for (RowRules::Index& index : rules.indexes) {
    plan::RowRules::Index made;
    made.index = index.index;
    made.key_parts = ResolveAll(index.key_parts, row);
    if (index.predicate != nullptr) made.predicate = Resolve(std::move(index.predicate), row);
    made.plain_columns = std::all_of(
        made.index->index->parts.begin(), made.index->index->parts.end(),
        [](const catalog::IndexDefinition::Part& part) { return part.column != 0; });
    converted.indexes.push_back(std::move(made));
  }
  AddConstraintRules(*input_.catalog, &converted);
  return converted;
}

Converted Conversion::ConvertInsert(LogicalInsert& insert) {
  Converted source = Convert(*insert.children[0]);
  auto node = std::make_unique<plan::InsertNode>();
  node->values = ResolveAll(insert.values, source.columns);
  std::vector<ColumnId> row = insert.rules.row_columns;
  for (const auto& [attnum, id] : insert.system_columns) {
    node->system_columns.push_back(attnum);
    row.push_back(id);
  }
  node->rules = ConvertRules(insert.rules);
  if (insert.on_conflict.has_value()) {
    OnConflict& conflict = *insert.on_conflict;
    std::vector<ColumnId> pair = conflict.existing;
    pair.insert(pair.end(), conflict.excluded.begin(), conflict.excluded.end());
    plan::OnConflictRules rules;
    rules.do_nothing = conflict.do_nothing;
    rules.arbiters = conflict.arbiters;
    for (OnConflict::Assignment& assignment : conflict.assignments) {
      rules.assignments.push_back({assignment.attnum, Resolve(std::move(assignment.value), pair)});
    }
    if (conflict.where != nullptr) rules.where = Resolve(std::move(conflict.where), pair);
    node->on_conflict = std::move(rules);
  }
  if (insert.routing != nullptr) {
    node->routing = ConvertRouting(*insert.routing, node->on_conflict.has_value()
                                                        ? node->on_conflict->arbiters
                                                        : std::vector<Oid>());
  }
  node->returning = ResolveAll(insert.returning, row);
  Finish(*node, insert.outputs, source.node->estimated_rows);
  node->total_cost = source.node->total_cost;
  node->children.push_back(std::move(source.node));
  return {std::move(node), insert.outputs};
}

Converted Conversion::ConvertModify(LogicalModify& modify) {
  Converted source = Convert(*modify.children[0]);
  auto node = std::make_unique<plan::ModifyNode>(modify.kind == LogicalKind::kUpdate
                                                     ? plan::NodeKind::kUpdate
                                                     : plan::NodeKind::kDelete);
  const auto position = [&](ColumnId id) {
    const auto found = std::find(source.columns.begin(), source.columns.end(), id);
    GRIZZLY_CHECK(found != source.columns.end());
    return static_cast<uint32_t>(found - source.columns.begin());
  };
  const catalog::Relation& table = *modify.rules.relation;
  node->target_scan_id = modify.target_scan_id;
  node->row_key = position(modify.row_key);
  for (ColumnId id : modify.old_columns) {
    node->old_columns.push_back(id == expr::kNoColumn ? -1 : static_cast<int32_t>(position(id)));
  }
  std::vector<AttributeNumber> assigned;
  for (OnConflict::Assignment& assignment : modify.assignments) {
    assigned.push_back(assignment.attnum);
    node->assignments.push_back(
        {assignment.attnum, Resolve(std::move(assignment.value), source.columns)});
  }
  std::vector<ColumnId> seen = modify.rules.row_columns;
  seen.insert(seen.end(), source.columns.begin(), source.columns.end());
  node->rules = ConvertRules(modify.rules);
  if (modify.routing != nullptr) {
    node->routing = ConvertRouting(*modify.routing, {});
    node->root_columns = catalog::MapColumnsByName(*modify.routing->tables[0].relation, table);
  }
  if (modify.kind == LogicalKind::kUpdate) {
    for (const plan::RowRules::Generated& generated : node->rules.generated) {
      assigned.push_back(generated.attnum);
    }
    node->changed_keys = FindChangedKeys(*input_.catalog, table, assigned);
    DropUntouchedReferences(assigned, *node);
  }
  node->returning = ResolveAll(modify.returning, seen);
  if (plan::TableScanNode* scan = PointScanBelow(*source.node, modify.target_scan_id)) {
    // A key that does change is locked for by the operator.
    const bool strong = modify.kind == LogicalKind::kDelete || node->routing != nullptr;
    scan->lock_first = strong ? txn::RowLockMode::kUpdate : txn::RowLockMode::kNoKeyUpdate;
    node->locked_by_scan = true;
  }
  Finish(*node, modify.outputs, source.node->estimated_rows);
  node->total_cost = source.node->total_cost;
  node->children.push_back(std::move(source.node));
  return {std::move(node), modify.outputs};
}

Converted Conversion::ConvertLockRows(LogicalLockRows& lock) {
  if (lock.marks.empty()) return Convert(*lock.children[0]);  // what is locked locks by itself
  // The relation of each mark is found by its scan.
  std::map<uint32_t, catalog::RelationPtr> relations;
  const std::function<void(LogicalNode&)> collect = [&](LogicalNode& node) {
    if (node.kind == LogicalKind::kScan) {
      auto& scan = static_cast<LogicalScan&>(node);
      relations[scan.scan_id] = scan.relation;
    }
    for (LogicalPtr& child : node.children) collect(*child);
  };
  collect(lock);
  Converted source = Convert(*lock.children[0]);
  auto node = std::make_unique<plan::LockRowsNode>();
  for (const LogicalLockRows::Mark& mark : lock.marks) {
    const auto found = std::find(source.columns.begin(), source.columns.end(), mark.row_key);
    GRIZZLY_CHECK(found != source.columns.end());
    node->marks.push_back({mark.scan_id, static_cast<uint32_t>(found - source.columns.begin()),
                           relations[mark.scan_id], mark.mode, mark.wait});
  }
  Finish(*node, source.columns, source.node->estimated_rows);
  node->total_cost = source.node->total_cost;
  node->children.push_back(std::move(source.node));
  return {std::move(node), source.columns};
}

}  // namespace grizzly::planner
