// Joins: hash where there are equalities, nested loops with index lookups where few rows meet a key,
// plain nested loops for the rest.
#include <algorithm>
#include <optional>

#include "catalog/access_method.h"
#include "facts/types.h"
#include "planner/optimizer/join_cost.h"
#include "planner/physical/conversion.h"
#include "planner/physical/key_equality.h"
#include "planner/physical/repeatable.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

// A semi, anti or left join whose right side has so many rows, and so many times the left's, builds on the left.
constexpr double kTurnedRowsMin = 50'000;
constexpr double kTurnedRatio = 2;

plan::JoinType TypeOf(JoinType type) {
  switch (type) {
    case JoinType::kInner: return plan::JoinType::kInner;
    case JoinType::kLeft: return plan::JoinType::kLeft;
    case JoinType::kRight: return plan::JoinType::kRight;
    case JoinType::kFull: return plan::JoinType::kFull;
    case JoinType::kSemi: return plan::JoinType::kSemi;
    case JoinType::kAnti: return plan::JoinType::kAnti;
  }
  return plan::JoinType::kInner;
}

// The join whose children have changed places; nothing for those that are not turned here.
std::optional<plan::JoinType> TurnedType(JoinType type) {
  switch (type) {
    case JoinType::kLeft: return plan::JoinType::kRight;
    case JoinType::kSemi: return plan::JoinType::kRightSemi;
    case JoinType::kAnti: return plan::JoinType::kRightAnti;
    default: return std::nullopt;
  }
}

}  // namespace

// A right side that is one table with an index on the join's key: rows are looked up by it. The join's
// conditions become filters of the scan, with the left columns as outer cells.
bool Conversion::PlanLookup(LogicalJoin& join) {
  const bool may_loop = join.type == JoinType::kInner || join.type == JoinType::kLeft ||
                        join.type == JoinType::kSemi || join.type == JoinType::kAnti;
  if (!may_loop || join.lateral || join.null_aware ||
      join.children[1]->kind != LogicalKind::kScan) {
    return false;
  }
  auto& scan = static_cast<LogicalScan&>(*join.children[1]);
  if (scan.relation->oid < kFirstUserOid || scan.sample) return false;
  const bool is_kept = is_rerun_ && IsFixed(scan);  // a hash table would be made once
  const size_t own_filters = scan.filters.size();
  const double left_rows = join.children[0]->estimated_rows;
  for (const ExprPtr& condition : join.conditions) {
    if (!ContainsSubquery(*condition)) scan.filters.push_back(condition->Clone());
  }
  const auto path = ChoosePath(scan);
  const bool uses_join =
      path && std::any_of(path->used_filters.begin(), path->used_filters.end(),
                          [&](size_t i) { return i >= own_filters; });
  const bool columnar = catalog::IsColumnar(*scan.relation);
  const double row_cost = columnar ? kColumnarLookupCost : 1;
  const double scanned = cardinality_.TableRows(*scan.relation) * (columnar ? kColumnarScanCost : 1);
  const double hashed = scanned + scan.estimated_rows;
  const bool pays = uses_join && left_rows * (kLookupCost + path->rows * row_cost) <
                                     (is_kept ? hashed / runs_ : hashed);
  if (!pays) {
    scan.filters.resize(own_filters);
    return false;
  }
  scan.estimated_rows = path->rows;
  return true;
}

// A hash table of the few left rows, probed with the many of the right side: the children change places.
namespace {

bool HasEquality(const LogicalJoin& join) {
  const ColumnSet left(join.children[0]->outputs), right(join.children[1]->outputs);
  return std::any_of(join.conditions.begin(), join.conditions.end(), [&](const ExprPtr& condition) {
    EquiCondition key;
    ExprPtr copy = condition->Clone();
    return TakeEquality(copy, left, right, join.type, &key);
  });
}

// Only a hash join knows which rows of its right side had no partner; others keep the left side's rows.
void MakeLeftUnlessHashed(LogicalJoin& join) {
  if (join.type != JoinType::kRight || HasEquality(join)) return;
  std::swap(join.children[0], join.children[1]);
  join.type = JoinType::kLeft;
}

// NOT IN is true of a row when the comparison is false of every row on the right: one that is NULL takes it away, too.
ExprPtr IsNotFalse(ExprPtr condition) {
  auto test = std::make_unique<expr::ListExpr>(
      ExprKind::kBooleanTest, types::BuiltinType(facts::kBoolOid),
      static_cast<uint8_t>(expr::BooleanTestKind::kIsNotFalse));
  test->children.push_back(std::move(condition));
  return test;
}

}  // namespace

bool Conversion::TurnsAround(const LogicalJoin& join) {
  if (!TurnedType(join.type) || join.null_aware || join.lateral) return false;
  const double left = join.children[0]->estimated_rows, right = join.children[1]->estimated_rows;
  return right >= kTurnedRowsMin && right > left * kTurnedRatio && HasEquality(join);
}

Converted Conversion::ConvertJoin(LogicalJoin& join) {
  const RuleSet& disabled = input_.disabled_rules;
  MakeLeftUnlessHashed(join);
  KeepFixedSideRight(join);
  const bool was_lateral = join.lateral;
  if (!disabled.Has(Rule::kLookupJoins) && PlanLookup(join)) join.lateral = true;
  const bool keeps_right = is_rerun_ && !join.lateral && IsFixed(*join.children[1]);
  const bool turned = !disabled.Has(Rule::kTurnJoins) && !keeps_right && TurnsAround(join);
  if (turned) std::swap(join.children[0], join.children[1]);
  const ColumnSet left_set(join.children[0]->outputs);
  Converted left = Convert(*join.children[0]);
  std::vector<ColumnId> cells;
  if (join.lateral) cells = planner::FreeColumns(*join.children[1]);
  Converted right = ConvertRight(join, was_lateral, keeps_right);
  const ColumnSet right_set(right.columns);
  rows_here_ = left.node->estimated_rows;

  plan::HashJoinNode keys;
  std::vector<ExprPtr> others;
  for (ExprPtr& condition : join.conditions) {
    EquiCondition key;
    if (!join.lateral && TakeEquality(condition, left_set, right_set, join.type, &key)) {
      keys.left_keys.push_back(Resolve(std::move(key.left), left.columns));
      keys.right_keys.push_back(Resolve(std::move(key.right), right.columns));
      keys.null_equal.push_back(key.null_equal);
    } else {
      others.push_back(std::move(condition));
    }
  }
  const bool needs_hash = join.type == JoinType::kRight || join.type == JoinType::kFull;
  // Conditions without columns decide for all pairs of rows at once.
  const bool decides_pairs = std::any_of(others.begin(), others.end(), [](const ExprPtr& condition) {
    return !expr::FreeColumns(*condition).empty() || ContainsSubquery(*condition);
  });
  if (keys.left_keys.empty() && needs_hash && decides_pairs) {
    // PostgreSQL has the same limit: its wording, its SQLSTATE.
    throw SqlError(SqlState::kFeatureNotSupported,
                   "FULL JOIN is only supported with merge-joinable or hash-joinable join "
                   "conditions");
  }
  if (!keys.left_keys.empty() || needs_hash) {
    keys.type = turned ? *TurnedType(join.type) : TypeOf(join.type);
    keys.keeps_right = keeps_right;
    return MakeHashJoin(join, std::move(left), std::move(right), keys, others);
  }
  if (join.null_aware) {
    for (ExprPtr& condition : others) condition = IsNotFalse(std::move(condition));
  }
  Converted loop = MakeNestedLoop(join, std::move(left), std::move(right), cells, others);
  static_cast<plan::NestedLoopNode&>(*loop.node).keeps_right = keeps_right;
  return loop;
}

// In what is opened again and again the side that stays the same is the one that is kept.
void Conversion::KeepFixedSideRight(LogicalJoin& join) const {
  const bool may_swap = is_rerun_ && !join.lateral && join.type == JoinType::kInner;
  if (may_swap && IsFixed(*join.children[0]) && !IsFixed(*join.children[1])) {
    std::swap(join.children[0], join.children[1]);
  }
}

Converted Conversion::ConvertRight(LogicalJoin& join, bool is_lateral, bool is_kept) {
  const double left_rows = join.children[0]->estimated_rows;
  const RerunScope scope(*this, !is_kept && (is_rerun_ || is_lateral),
                         is_kept ? 1 : runs_ * (is_lateral ? left_rows : 1));
  return Convert(*join.children[1]);
}

std::vector<ColumnId> Conversion::JoinOutputs(plan::JoinType type, const Converted& left,
                                              const Converted& right) {
  using plan::JoinType;
  if (type == JoinType::kRightSemi || type == JoinType::kRightAnti) return right.columns;
  std::vector<ColumnId> outputs = left.columns;
  if (type != JoinType::kSemi && type != JoinType::kAnti) {
    outputs.insert(outputs.end(), right.columns.begin(), right.columns.end());
  }
  return outputs;
}

Converted Conversion::MakeHashJoin(LogicalJoin& join, Converted left, Converted right,
                                   plan::HashJoinNode& keys, std::vector<ExprPtr>& others) {
  auto node = std::make_unique<plan::HashJoinNode>();
  node->type = keys.type;
  node->null_aware = join.null_aware;
  node->tells_keys = !input_.disabled_rules.Has(Rule::kJoinKeysToScans);
  node->left_keys = std::move(keys.left_keys);
  node->right_keys = std::move(keys.right_keys);
  node->null_equal = std::move(keys.null_equal);
  node->keeps_right = keys.keeps_right;
  std::vector<ColumnId> both = left.columns;
  both.insert(both.end(), right.columns.begin(), right.columns.end());
  node->conditions = ResolveAll(others, both);
  const std::vector<ColumnId> outputs = JoinOutputs(node->type, left, right);
  Finish(*node, outputs, join.estimated_rows);
  node->total_cost = left.node->total_cost + right.node->total_cost +
                     2 * right.node->estimated_rows + left.node->estimated_rows;
  node->children.push_back(std::move(left.node));
  node->children.push_back(std::move(right.node));
  return {std::move(node), outputs};
}

Converted Conversion::MakeNestedLoop(LogicalJoin& join, Converted left, Converted right,
                                     const std::vector<ColumnId>& cells,
                                     std::vector<ExprPtr>& others) {
  auto node = std::make_unique<plan::NestedLoopNode>();
  node->type = TypeOf(join.type);
  for (ColumnId id : cells) {
    node->cells.push_back(CellOf(id));
    node->arguments.push_back(
        Resolve(std::make_unique<expr::ColumnExpr>(columns_[id].type, id), left.columns));
  }
  node->right_is_fixed = cells.empty();
  std::vector<ColumnId> both = left.columns;
  both.insert(both.end(), right.columns.begin(), right.columns.end());
  node->conditions = ResolveAll(others, both);
  const std::vector<ColumnId> outputs = JoinOutputs(node->type, left, right);
  Finish(*node, outputs, join.estimated_rows);
  node->total_cost = left.node->total_cost + left.node->estimated_rows * right.node->total_cost;
  node->children.push_back(std::move(left.node));
  node->children.push_back(std::move(right.node));
  return {std::move(node), outputs};
}

}  // namespace grizzly::planner
