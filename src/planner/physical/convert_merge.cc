// MERGE.
#include <algorithm>

#include "catalog/inheritance.h"
#include "planner/physical/changed_keys.h"
#include "planner/physical/conversion.h"

namespace grizzly::planner {

namespace {

plan::MergeNode::ActionKind KindOf(LogicalMerge::ActionKind kind) {
  switch (kind) {
    case LogicalMerge::ActionKind::kNothing: return plan::MergeNode::ActionKind::kNothing;
    case LogicalMerge::ActionKind::kInsert: return plan::MergeNode::ActionKind::kInsert;
    case LogicalMerge::ActionKind::kUpdate: return plan::MergeNode::ActionKind::kUpdate;
    case LogicalMerge::ActionKind::kDelete: return plan::MergeNode::ActionKind::kDelete;
  }
  return plan::MergeNode::ActionKind::kNothing;
}

// Of the table, whose columns are those of the named one by from_root.
plan::ChangedKeys KeysChangedIn(const catalog::CatalogSnapshot& catalog,
                                const plan::RowRouting::Leaf& table,
                                const std::vector<plan::MergeNode::Action>& actions) {
  std::vector<AttributeNumber> assigned;
  for (const plan::MergeNode::Action& action : actions) {
    for (const auto& assignment : action.assignments) {
      const auto place = std::find(table.from_root.begin(), table.from_root.end(), assignment.attnum - 1);
      assigned.push_back(static_cast<AttributeNumber>(place - table.from_root.begin() + 1));
    }
  }
  if (!assigned.empty()) {
    for (const auto& generated : table.rules.generated) assigned.push_back(generated.attnum);
  }
  return FindChangedKeys(catalog, *table.rules.relation, assigned);
}

}  // namespace

Converted Conversion::ConvertMerge(LogicalMerge& merge) {
  Converted source = Convert(*merge.children[0]);
  auto node = std::make_unique<plan::MergeNode>();
  const auto row_key = std::find(source.columns.begin(), source.columns.end(), merge.row_key);
  GRIZZLY_CHECK(row_key != source.columns.end());
  node->relation = merge.relation;
  node->target_scan_id = merge.target_scan_id;
  node->row_key = static_cast<uint32_t>(row_key - source.columns.begin());
  node->may_move = merge.may_move;
  for (LogicalMerge::Action& action : merge.actions) {
    plan::MergeNode::Action made;
    made.matched = action.matched;
    made.kind = KindOf(action.kind);
    if (action.condition != nullptr) {
      made.condition = Resolve(std::move(action.condition), source.columns);
    }
    for (OnConflict::Assignment& assignment : action.assignments) {
      made.assignments.push_back(
          {assignment.attnum, Resolve(std::move(assignment.value), source.columns)});
    }
    made.values = ResolveAll(action.values, source.columns);
    node->actions.push_back(std::move(made));
  }
  if (merge.routing != nullptr) node->routing = ConvertRouting(*merge.routing, {});
  for (RowRules& rules : merge.tables) {
    plan::RowRouting::Leaf& table = node->tables.emplace_back();
    table.from_root = catalog::MapColumnsByName(*rules.relation, *merge.relation);
    table.rules = ConvertRules(rules);
  }
  for (const auto& table : node->routing != nullptr ? node->routing->leaves : node->tables) {
    node->changed_keys.push_back(KeysChangedIn(*input_.catalog, table, node->actions));
  }
  Finish(*node, {}, source.node->estimated_rows);
  node->total_cost = source.node->total_cost;
  node->children.push_back(std::move(source.node));
  return {std::move(node), {}};
}

}  // namespace grizzly::planner
