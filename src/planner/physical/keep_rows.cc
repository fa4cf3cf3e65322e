// Conditions on outer columns in what is opened again and again: the rows below them are kept and found by key, where
// no index does that.
#include <algorithm>

#include "catalog/access_method.h"
#include "planner/optimizer/column_set.h"
#include "planner/optimizer/conjuncts.h"
#include "planner/optimizer/join_cost.h"
#include "planner/physical/conversion.h"
#include "planner/physical/key_equality.h"
#include "planner/physical/repeatable.h"

namespace grizzly::planner {
namespace {

// Rows looked up in those kept cost a few times what reading them in order does.
constexpr double kKeptLookupCost = 4;
// An index is left aside only for rows of so many bytes: more might not be kept.
constexpr double kKeptBytesMax = 8 << 20;
constexpr double kKeptRowBytes = 8;  // besides the columns

bool HasOuterColumns(const expr::Expr& expression, const ColumnSet& own) {
  return !own.ContainsAll(expr::FreeColumns(expression));
}

bool TakeOuterEquality(ExprPtr& condition, const ColumnSet& own, EquiCondition* taken) {
  ColumnSet outer;
  for (const ColumnId id : expr::FreeColumns(*condition)) {
    if (!own.Contains(id)) outer.Add(id);
  }
  return !expr::IsVolatile(*condition) && TakeEquality(condition, own, outer, JoinType::kInner, taken);
}

bool HasOuterEquality(const LogicalScan& scan) {
  const ColumnSet own(scan.outputs);
  return std::any_of(scan.filters.begin(), scan.filters.end(), [&](const ExprPtr& filter) {
    EquiCondition key;
    ExprPtr copy = filter->Clone();
    return TakeOuterEquality(copy, own, &key);
  });
}

bool IsPlainScan(const LogicalScan& scan) {
  const bool names_rows = std::find(scan.attnums.begin(), scan.attnums.end(), kRowKeyAttribute) != scan.attnums.end();
  return !names_rows && !scan.is_target && !scan.sample && scan.current_of.empty() && IsRepeatable(scan);
}

// Moves those of `list` for which `wants` holds, in their order.
template <typename Predicate>
std::vector<ExprPtr> TakeIf(std::vector<ExprPtr>& list, Predicate wants) {
  std::vector<ExprPtr> taken, kept;
  for (ExprPtr& item : list) (wants(*item) ? taken : kept).push_back(std::move(item));
  list = std::move(kept);
  return taken;
}

bool HasOuterBounds(const plan::KeyBounds& bounds, const std::vector<plan::TermCondition>& terms) {
  const auto is_outer = [](const ExprPtr& bound) {
    return bound != nullptr && !expr::FreeColumns(*bound).empty();
  };
  return std::any_of(bounds.equal.begin(), bounds.equal.end(), is_outer) || is_outer(bounds.lower) ||
         is_outer(bounds.upper) || std::any_of(terms.begin(), terms.end(), [&](const plan::TermCondition& term) {
           return is_outer(term.value);
         });
}

}  // namespace

Conversion::OuterConditions Conversion::TakeOuterConditions(std::vector<ExprPtr>& filters,
                                                            const std::vector<ColumnId>& inputs) {
  const ColumnSet own(inputs);
  OuterConditions taken;
  for (ExprPtr& filter : filters) {
    EquiCondition key;
    ExprPtr copy = filter->Clone();
    if (TakeOuterEquality(copy, own, &key)) {
      taken.equalities.push_back(std::move(filter));
      taken.keys.push_back(std::move(key.left));
      taken.values.push_back(std::move(key.right));
      taken.null_equal.push_back(key.null_equal);
    } else {
      taken.others.push_back(std::move(filter));
    }
  }
  return taken;
}

// Whether to read the table once and find rows in what is kept of it, rather than to scan it or an index each time.
bool Conversion::KeepsScan(LogicalScan& scan) {
  if (!IsPlainScan(scan) || !HasOuterEquality(scan)) return false;
  const auto path = ChoosePath(scan);
  if (!path || !HasOuterBounds(path->bounds, path->terms)) return !path || !path->unique_match;
  if (path->unique_match) return false;
  const double rows = cardinality_.TableRows(*scan.relation);
  double row_bytes = kKeptRowBytes;
  for (const ColumnId id : scan.outputs) row_bytes += types::PhysicalWidth(columns_[id].type.physical);
  const double row_cost = catalog::IsColumnar(*scan.relation) ? kColumnarScanCost : 1;
  const double kept = rows * (row_cost + kBuildCost) + runs_ * kKeptLookupCost;
  return rows * row_bytes <= kKeptBytesMax && kept < runs_ * path->cost;
}

Converted Conversion::ConvertKeptScan(LogicalScan& scan) {
  const double rows = scan.estimated_rows;
  OuterConditions outer = TakeOuterConditions(scan.filters, scan.outputs);
  const ColumnSet own(scan.outputs);
  scan.filters = TakeIf(outer.others, [&](const expr::Expr& filter) { return !HasOuterColumns(filter, own); });
  scan.estimated_rows = cardinality_.Estimate(scan);
  Converted source = [&] {
    const RerunScope scope(*this, false, 1);
    return ConvertScan(scan);
  }();
  return KeepRows(std::move(source), std::move(outer), rows);
}

// A filter of all the conditions; one that keeps rows when there are equalities.
Converted Conversion::KeepRows(Converted source, OuterConditions conditions, double rows) {
  auto node = std::make_unique<plan::FilterNode>();
  node->kept_keys = ResolveAll(conditions.keys, source.columns);
  node->kept_values = ResolveAll(conditions.values, {});
  node->kept_null_equal = std::move(conditions.null_equal);
  node->conjuncts = ResolveAll(conditions.equalities, source.columns);
  for (ExprPtr& condition : ResolveAll(conditions.others, source.columns)) {
    node->conjuncts.push_back(std::move(condition));
  }
  Finish(*node, source.columns, rows);
  node->total_cost = source.node->total_cost + source.node->estimated_rows;
  node->children.push_back(std::move(source.node));
  return {std::move(node), source.columns};
}

}  // namespace grizzly::planner
