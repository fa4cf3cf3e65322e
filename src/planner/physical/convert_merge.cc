// MERGE.
#include <algorithm>

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

bool HasOtherUniqueKey(const plan::RowRules& rules) {
  return std::any_of(rules.indexes.begin(), rules.indexes.end(), [](const auto& rule) {
    const catalog::IndexDefinition& index = *rule.index->index;
    return (index.unique && !index.clustered_by) || index.exclusion;
  });
}

}  // namespace

Converted Conversion::ConvertMerge(LogicalMerge& merge) {
  Converted source = Convert(*merge.children[0]);
  auto node = std::make_unique<plan::MergeNode>();
  const auto position = [&](ColumnId id) {
    const auto found = std::find(source.columns.begin(), source.columns.end(), id);
    GRIZZLY_CHECK(found != source.columns.end());
    return static_cast<uint32_t>(found - source.columns.begin());
  };
  node->target_scan_id = merge.target_scan_id;
  node->row_key = position(merge.row_key);
  for (ColumnId id : merge.old_columns) {
    node->old_columns.push_back(id == expr::kNoColumn ? -1 : static_cast<int32_t>(position(id)));
  }
  node->rules = ConvertRules(merge.rules);
  std::vector<AttributeNumber> key;
  if (const catalog::RelationPtr clustering = ClusteringIndex(*merge.rules.relation)) {
    for (const auto& part : clustering->index->parts) key.push_back(part.column);
  }
  for (LogicalMerge::Action& action : merge.actions) {
    plan::MergeNode::Action made;
    made.matched = action.matched;
    made.kind = KindOf(action.kind);
    if (action.condition != nullptr) {
      made.condition = Resolve(std::move(action.condition), source.columns);
    }
    for (OnConflict::Assignment& assignment : action.assignments) {
      node->key_may_change |= std::find(key.begin(), key.end(), assignment.attnum) != key.end() ||
                              HasOtherUniqueKey(node->rules);
      made.assignments.push_back(
          {assignment.attnum, Resolve(std::move(assignment.value), source.columns)});
    }
    made.values = ResolveAll(action.values, source.columns);
    node->actions.push_back(std::move(made));
  }
  Finish(*node, {}, source.node->estimated_rows);
  node->total_cost = source.node->total_cost;
  node->children.push_back(std::move(source.node));
  return {std::move(node), {}};
}

}  // namespace grizzly::planner
