#include "planner/optimizer/cardinality.h"

#include <algorithm>

#include "catalog/inheritance.h"
#include "planner/optimizer/conjuncts.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

// PostgreSQL's own defaults where nothing is known (selfuncs.h).
constexpr double kEqualSelectivity = 0.005;
constexpr double kRangeSelectivity = 1.0 / 3;
constexpr double kMatchSelectivity = 0.005;
constexpr double kNullSelectivity = 0.005;
constexpr double kOtherSelectivity = 0.5;
constexpr double kDistinctDefault = 200;
constexpr double kTableRowsDefault = 1000;
constexpr double kVirtualTableRows = 500;
constexpr double kSetFunctionRows = 1000;

}  // namespace

double Cardinality::TableRows(const catalog::Relation& relation) const {
  if (relation.oid < kFirstUserOid) return kVirtualTableRows;
  if (statistics_ == nullptr) return kTableRowsDefault;
  const double rows = statistics_->Statistics(relation.oid).row_count;
  return rows < 0 ? kTableRowsDefault : std::max(rows, 1.0);
}

bool Cardinality::IsUniqueColumn(ColumnId id) const {
  const StatementColumn& column = columns_[id];
  if (column.table == kInvalidOid) return false;
  const catalog::RelationPtr table = catalog_.FindRelation(column.table);
  if (table == nullptr) return false;
  for (Oid index_oid : table->indexes) {
    const catalog::RelationPtr index = catalog_.FindRelation(index_oid);
    if (index != nullptr && index->index->unique && index->index->parts.size() == 1 &&
        index->index->parts[0].column == column.attnum && index->index->predicate.empty()) {
      return true;
    }
  }
  return false;
}

double Cardinality::DistinctValues(const expr::Expr& expression) const {
  const expr::ColumnExpr* column = AsColumn(expression);
  if (column == nullptr) return kDistinctDefault;
  const StatementColumn& origin = columns_[column->id];
  if (origin.table == kInvalidOid) return kDistinctDefault;
  const catalog::RelationPtr table = catalog_.FindRelation(origin.table);
  if (table == nullptr) return kDistinctDefault;
  const double rows = TableRows(*table);
  if (IsUniqueColumn(column->id)) return rows;
  // Part of a longer key: likely a foreign key or a numbering within one.
  return std::clamp(rows / 10, 1.0, std::max(kDistinctDefault, rows / 10));
}

double Cardinality::Selectivity(const expr::Expr& condition) const {
  if (const auto comparison = AsComparison(condition)) {
    if (comparison->op != ComparisonOperator::kEqual) return kRangeSelectivity;
    const double distinct = std::max(AsColumn(*comparison->left) != nullptr
                                         ? DistinctValues(*comparison->left)
                                         : 1.0,
                                     AsColumn(*comparison->right) != nullptr
                                         ? DistinctValues(*comparison->right)
                                         : 1.0);
    return distinct > 1 ? 1.0 / distinct : kEqualSelectivity;
  }
  switch (condition.kind) {
    case ExprKind::kBool: {
      const auto& list = static_cast<const expr::ListExpr&>(condition);
      const auto operation = static_cast<expr::BoolOperation>(list.choice);
      if (operation == expr::BoolOperation::kNot) return 1 - Selectivity(*list.children[0]);
      double none = 1;
      for (const ExprPtr& child : list.children) none *= 1 - Selectivity(*child);
      return 1 - none;  // OR; ANDs have been split
    }
    case ExprKind::kNullTest:
      return static_cast<const expr::ListExpr&>(condition).choice == 0 ? kNullSelectivity
                                                                       : 1 - kNullSelectivity;
    case ExprKind::kScalarArray: return std::min(1.0, 10 * kEqualSelectivity);
    case ExprKind::kFunction: {
      const auto& call = static_cast<const expr::FunctionExpr&>(condition);
      return call.operator_oid != kInvalidOid ? kMatchSelectivity * 20 : kRangeSelectivity;
    }
    case ExprKind::kConst: {
      const auto& constant = static_cast<const expr::ConstExpr&>(condition);
      return !constant.value.is_null() && constant.value.AsBool() ? 1 : 0;
    }
    default: return kOtherSelectivity;
  }
}

double Cardinality::EstimateScan(const LogicalScan& scan) const {
  double rows = TableRows(*scan.relation);
  if (!scan.only && scan.relation->oid >= kFirstUserOid) {
    for (const catalog::RelationPtr& child : catalog::ChildrenOf(catalog_, scan.relation->oid)) {
      rows += TableRows(*child);
    }
  }
  for (const ExprPtr& filter : scan.filters) {
    const auto comparison = AsComparison(*filter);
    if (comparison && comparison->op == ComparisonOperator::kEqual) {
      const expr::ColumnExpr* left = AsColumn(*comparison->left);
      const expr::ColumnExpr* right = AsColumn(*comparison->right);
      if ((left != nullptr && IsUniqueColumn(left->id)) ||
          (right != nullptr && IsUniqueColumn(right->id))) {
        return 1;
      }
    }
    rows *= Selectivity(*filter);
  }
  return std::max(rows, 1.0);
}

double Cardinality::EstimateJoin(LogicalJoin& join) const {
  const double left = Estimate(*join.children[0]);
  const double right = Estimate(*join.children[1]);
  double selectivity = 1;
  for (const ExprPtr& condition : join.conditions) selectivity *= Selectivity(*condition);
  switch (join.type) {
    case JoinType::kInner: return std::max(left * right * selectivity, 1.0);
    case JoinType::kLeft: return std::max(left * right * selectivity, left);
    case JoinType::kRight: return std::max(left * right * selectivity, right);
    case JoinType::kFull: return std::max(left * right * selectivity, left + right);
    case JoinType::kSemi: return std::max(left * 0.5, 1.0);
    case JoinType::kAnti: return std::max(left * 0.5, 1.0);
  }
  return left;
}

double Cardinality::EstimateAggregate(LogicalAggregate& aggregate) const {
  const double input = Estimate(*aggregate.children[0]);
  if (aggregate.groups.empty()) return 1;
  double groups = 1;
  for (const ExprPtr& group : aggregate.groups) groups *= DistinctValues(*group);
  return std::max(1.0, std::min(groups, input));
}

double Cardinality::Estimate(LogicalNode& node) const {
  double rows = 1;
  switch (node.kind) {
    case LogicalKind::kScan: rows = EstimateScan(static_cast<LogicalScan&>(node)); break;
    case LogicalKind::kJoin: rows = EstimateJoin(static_cast<LogicalJoin&>(node)); break;
    case LogicalKind::kAggregate:
      rows = EstimateAggregate(static_cast<LogicalAggregate&>(node));
      break;
    case LogicalKind::kValues:
      rows = static_cast<double>(static_cast<LogicalValues&>(node).rows.size());
      break;
    case LogicalKind::kFunctionScan: rows = kSetFunctionRows; break;
    case LogicalKind::kCteScan:
    case LogicalKind::kWorkTable: rows = kTableRowsDefault; break;
    case LogicalKind::kFilter: {
      rows = Estimate(*node.children[0]);
      for (const ExprPtr& conjunct : static_cast<LogicalFilter&>(node).conjuncts) {
        rows *= Selectivity(*conjunct);
      }
      break;
    }
    case LogicalKind::kLimit: {
      rows = Estimate(*node.children[0]);
      const ExprPtr& count = static_cast<LogicalLimit&>(node).count;
      if (count != nullptr && count->kind == ExprKind::kConst) {
        const auto& constant = static_cast<const expr::ConstExpr&>(*count);
        if (!constant.value.is_null()) {
          rows = std::min(rows, static_cast<double>(constant.value.As<int64_t>()));
        }
      }
      break;
    }
    case LogicalKind::kSetOperation: {
      const bool adds =
          static_cast<LogicalSetOperation&>(node).operation == SetOperationType::kUnion;
      for (size_t i = 0; i < node.children.size(); ++i) {
        const double child_rows = Estimate(*node.children[i]);
        if (adds || i == 0) rows += child_rows;
      }
      break;
    }
    default:
      for (LogicalPtr& child : node.children) rows = Estimate(*child);
  }
  node.estimated_rows = std::max(rows, 1.0);
  return node.estimated_rows;
}

}  // namespace grizzly::planner
