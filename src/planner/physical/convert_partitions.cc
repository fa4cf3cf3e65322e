// Scans of inheritance trees and partitioned tables: one after the other, under the tree's column ids,
// so that filters and bounds serve all of them. Partitions that the filters rule out are left out, or,
// where that hangs on parameters, not opened.
#include <algorithm>

#include "catalog/inheritance.h"
#include "catalog/partition_map.h"
#include "facts/operators.h"
#include "facts/types.h"
#include "planner/physical/conversion.h"
#include "types/array.h"

namespace grizzly::planner {

using expr::ExprKind;
using plan::PartitionPruning;

namespace {

constexpr uint8_t kIsNull = 0;  // expr::NullTestKind

const expr::ConstExpr* AsConstant(const ExprPtr& expression) {
  return expression != nullptr && expression->kind == ExprKind::kConst
             ? static_cast<const expr::ConstExpr*>(expression.get())
             : nullptr;
}

bool IsConstant(const plan::KeyBounds& bounds) {
  const auto constant = [](const ExprPtr& e) { return e == nullptr || AsConstant(e) != nullptr; };
  return std::all_of(bounds.equal.begin(), bounds.equal.end(), constant) &&
         constant(bounds.lower) && constant(bounds.upper) && constant(bounds.any_of);
}

// What the bounds mark when all of them are constants.
std::vector<bool> MarkByConstants(const PartitionPruning::Level& level) {
  std::vector<bool> marked(level.map->size(), false);
  const plan::KeyBounds& bounds = level.bounds;
  if (const expr::ConstExpr* array = AsConstant(bounds.any_of)) {
    if (array->value.is_null()) return marked;
    const types::ArrayRef elements = types::ArrayRef::Of(array->value);
    std::vector<types::Datum> values;
    for (uint32_t i = 0; i < elements.size(); ++i) values.push_back(elements.Get(i));
    level.map->MarkAny(values, &marked);
    return marked;
  }
  catalog::PartitionMap::Condition condition;
  condition.first_is_null = level.first_is_null;
  for (const ExprPtr& value : bounds.equal) condition.equal.push_back(AsConstant(value)->value);
  if (bounds.lower != nullptr) condition.lower = AsConstant(bounds.lower)->value;
  if (bounds.upper != nullptr) condition.upper = AsConstant(bounds.upper)->value;
  condition.lower_inclusive = bounds.lower_inclusive;
  condition.upper_inclusive = bounds.upper_inclusive;
  level.map->Mark(condition, &marked);
  return marked;
}

// = of the type with itself.
bool IsOwnEquality(Oid operator_oid, Oid type) {
  const facts::OperatorFact* fact = facts::FindOperator(operator_oid);
  return fact != nullptr && fact->oprname == "=" && fact->oprleft == fact->oprright &&
         (fact->oprleft == type || (fact->oprleft == facts::kTextOid &&
                                    type == facts::kVarcharOid));
}

// `column = ANY (array)`, the array known before the scan starts.
const expr::Expr* ArrayOfColumn(const expr::Expr& filter, ColumnId column, Oid type) {
  if (filter.kind != ExprKind::kScalarArray && filter.kind != ExprKind::kInList) return nullptr;
  const auto& comparison = static_cast<const expr::ComparisonExpr&>(filter);
  const expr::ColumnExpr* left = AsColumn(*comparison.left);
  const bool is_equality =
      !comparison.all && comparison.comparisons.size() == 1 &&
      IsOwnEquality(comparison.comparisons[0].operator_oid, type);
  if (!is_equality || left == nullptr || left->id != column) return nullptr;
  const expr::Expr& array = *comparison.right;
  const bool is_known = expr::FreeColumns(array).empty() && !expr::IsVolatile(array) &&
                        !ContainsSubquery(array);
  return is_known ? &array : nullptr;
}

bool IsNullOf(const expr::Expr& filter, ColumnId column) {
  if (filter.kind != ExprKind::kNullTest) return false;
  const auto& test = static_cast<const expr::ListExpr&>(filter);
  const expr::ColumnExpr* tested = AsColumn(*test.children[0]);
  return test.choice == kIsNull && tested != nullptr && tested->id == column;
}

}  // namespace

int32_t Conversion::AddTreeMember(LogicalScan& scan, const catalog::RelationPtr& member,
                                  plan::AppendNode& append) {
  LogicalScan part(scan);
  part.only = true;
  part.relation = member;
  const std::vector<int32_t> map = catalog::MapColumnsByName(*scan.relation, *member);
  for (AttributeNumber& attnum : part.attnums) {
    if (attnum > 0) attnum = static_cast<AttributeNumber>(map[attnum - 1] + 1);
  }
  part.estimated_rows = cardinality_.Estimate(part);
  Converted converted = ConvertScan(part);
  append.estimated_rows += converted.node->estimated_rows;
  append.total_cost += converted.node->total_cost;
  append.children.push_back(std::move(converted.node));
  return static_cast<int32_t>(append.children.size() - 1);
}

Converted Conversion::ConvertTreeScan(LogicalScan& scan,
                                      const std::vector<catalog::RelationPtr>& tree) {
  auto append = std::make_unique<plan::AppendNode>();
  append->estimated_rows = 0;
  for (const catalog::RelationPtr& member : tree) {
    if (member->HasRows()) AddTreeMember(scan, member, *append);
  }
  Finish(*append, scan.outputs, append->estimated_rows);
  return {std::move(append), scan.outputs};
}

Converted Conversion::ConvertPartitionedScan(LogicalScan& scan) {
  auto append = std::make_unique<plan::AppendNode>();
  auto pruning = std::make_shared<PartitionPruning>();
  append->estimated_rows = 0;
  if (!scan.only) AddPartitions(scan, scan.relation, *append, *pruning);
  if (append->children.size() == 1) return {std::move(append->children[0]), scan.outputs};
  const bool waits = std::any_of(
      pruning->levels.begin(), pruning->levels.end(),
      [](const PartitionPruning::Level& level) { return !IsConstant(level.bounds); });
  if (waits) append->pruning = std::move(pruning);
  Finish(*append, scan.outputs, append->estimated_rows);
  return {std::move(append), scan.outputs};
}

// Its level in `pruning`.
int32_t Conversion::AddPartitions(LogicalScan& scan, const catalog::RelationPtr& table,
                                  plan::AppendNode& append, PartitionPruning& pruning) {
  const auto position = static_cast<int32_t>(pruning.levels.size());
  PartitionPruning::Level level;
  level.map = std::make_shared<const catalog::PartitionMap>(*input_.catalog, *table);
  const std::vector<int32_t> map = catalog::MapColumnsByName(*table, *scan.relation);
  std::vector<KeyColumn> key;
  for (const catalog::PartitionKey::Part& part : table->partition_key->parts) {
    ColumnId column = expr::kNoColumn;
    for (size_t i = 0; part.column != 0 && i < scan.attnums.size(); ++i) {
      if (scan.attnums[i] == map[part.column - 1] + 1) column = scan.outputs[i];
    }
    // Another collation's equality and order are not the key's.
    const bool same_order = part.collation == part.type.collation;
    key.push_back({same_order ? column : expr::kNoColumn, part.type});
  }
  std::vector<size_t> used;
  MatchKey(scan, key, &level.bounds, &used);
  const bool first_only = key[0].column != expr::kNoColumn && level.bounds.empty() &&
                          (level.map->strategy() != 'h' || key.size() == 1);
  for (const ExprPtr& filter : scan.filters) {
    if (!first_only || level.first_is_null || level.bounds.any_of != nullptr) break;
    if (const expr::Expr* array = ArrayOfColumn(*filter, key[0].column, key[0].type.oid)) {
      level.bounds.any_of = array->Clone();
    } else if (level.map->strategy() != 'h') {
      level.first_is_null = IsNullOf(*filter, key[0].column);
    }
  }
  const bool says_nothing = level.bounds.empty() && !level.first_is_null;
  std::vector<bool> marked(level.map->size(), true);
  if (!says_nothing && IsConstant(level.bounds)) marked = MarkByConstants(level);
  for (ExprPtr& bound : level.bounds.equal) ResolveInPlace(bound, {});
  ResolveInPlace(level.bounds.lower, {});
  ResolveInPlace(level.bounds.upper, {});
  ResolveInPlace(level.bounds.any_of, {});
  const std::shared_ptr<const catalog::PartitionMap> partitions = level.map;
  pruning.levels.push_back(std::move(level));
  std::vector<int32_t> targets;
  for (size_t i = 0; i < partitions->size(); ++i) {
    const catalog::RelationPtr& partition = partitions->partition(i);
    targets.push_back(!marked[i]                   ? PartitionPruning::kNowhere
                      : partition->IsPartitioned() ? ~AddPartitions(scan, partition, append, pruning)
                                                   : AddTreeMember(scan, partition, append));
  }
  pruning.levels[position].targets = std::move(targets);
  return position;
}

}  // namespace grizzly::planner
