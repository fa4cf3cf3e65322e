#include "planner/optimizer/cardinality.h"

#include <algorithm>
#include <cmath>

#include "catalog/inheritance.h"
#include "planner/optimizer/column_set.h"
#include "planner/optimizer/conjuncts.h"

namespace grizzly::planner {

using expr::ExprKind;

namespace {

constexpr double kDistinctDefault = 200;
constexpr double kTableRowsDefault = 1000;
constexpr double kVirtualTableRows = 500;
constexpr double kSetFunctionRows = 1000;
constexpr double kSemiDefault = 0.5;
constexpr double kAntiMin = 0.01;

std::vector<const expr::Expr*> Pointers(const std::vector<ExprPtr>& list) {
  std::vector<const expr::Expr*> pointers;
  for (const ExprPtr& expression : list) pointers.push_back(expression.get());
  return pointers;
}

// `column = column` with one of each side.
struct ColumnPair {
  ColumnId left;
  ColumnId right;
};

std::optional<ColumnPair> AsColumnPair(const expr::Expr& condition, const ColumnSet& left,
                                       const ColumnSet& right) {
  const auto comparison = AsComparison(condition);
  if (!comparison || comparison->op != ComparisonOperator::kEqual) return std::nullopt;
  const expr::ColumnExpr* a = AsColumn(*comparison->left);
  const expr::ColumnExpr* b = AsColumn(*comparison->right);
  if (a == nullptr || b == nullptr) return std::nullopt;
  if (left.Contains(a->id) && right.Contains(b->id)) return ColumnPair{a->id, b->id};
  if (left.Contains(b->id) && right.Contains(a->id)) return ColumnPair{b->id, a->id};
  return std::nullopt;
}

}  // namespace

double Cardinality::TableRows(const catalog::Relation& relation) const {
  if (relation.oid < kFirstUserOid) return kVirtualTableRows;
  if (statistics_ == nullptr) return kTableRowsDefault;
  const bool counted = statistics_->Statistics(relation.oid).row_count >= 0;
  return std::max(values_->LiveRows(relation.oid), counted ? 1 : kTableRowsDefault);
}

bool Cardinality::HoldUniqueKey(Oid table, const std::vector<AttributeNumber>& columns) const {
  const catalog::RelationPtr relation = catalog_.FindRelation(table);
  if (relation == nullptr) return false;
  for (Oid index_oid : relation->indexes) {
    const catalog::RelationPtr index = catalog_.FindRelation(index_oid);
    if (index == nullptr || !index->index->unique || !index->index->valid ||
        !index->index->predicate.empty()) {
      continue;
    }
    const auto& parts = index->index->parts;
    const bool held = std::all_of(parts.begin(), parts.end(), [&](const auto& part) {
      return part.column != 0 &&
             std::find(columns.begin(), columns.end(), part.column) != columns.end();
    });
    if (held) return true;
  }
  return false;
}

bool Cardinality::LeadsIndex(const LogicalScan& scan, AttributeNumber attnum) const {
  for (Oid index_oid : scan.relation->indexes) {
    const catalog::RelationPtr index = catalog_.FindRelation(index_oid);
    if (index == nullptr || !index->index->valid || !index->index->predicate.empty()) continue;
    if (index->index->parts[0].column == attnum && attnum > 0) return true;
  }
  return false;
}

bool Cardinality::IsUniqueColumn(ColumnId id) const {
  const StatementColumn& column = columns_[id];
  return column.table != kInvalidOid && HoldUniqueKey(column.table, {column.attnum});
}

double Cardinality::DistinctValues(const expr::Expr& expression) const {
  const expr::ColumnExpr* column = AsColumn(expression);
  if (column == nullptr) {
    const auto free = expr::FreeColumns(expression);
    if (free.size() != 1) return kDistinctDefault;
    const expr::ColumnExpr only(columns_[free[0]].type, free[0]);
    return std::min(kDistinctDefault, DistinctValues(only));
  }
  const StatementColumn& origin = columns_[column->id];
  if (origin.table == kInvalidOid) return kDistinctDefault;
  const catalog::RelationPtr table = catalog_.FindRelation(origin.table);
  if (table == nullptr) return kDistinctDefault;
  const double rows = TableRows(*table);
  if (const catalog::ColumnStatistics* known = StatisticsOf(column->id)) {
    return std::max(known->DistinctOf(rows), 1.0);
  }
  if (IsUniqueColumn(column->id)) return rows;
  // Part of a longer key: likely a foreign key or a numbering within one.
  return std::clamp(rows / 10, 1.0, std::max(kDistinctDefault, rows / 10));
}

double Cardinality::EstimateScan(const LogicalScan& scan) const {
  std::vector<AttributeNumber> fixed;
  for (const ExprPtr& filter : scan.filters) {
    const auto comparison = AsComparison(*filter);
    if (!comparison || comparison->op != ComparisonOperator::kEqual) continue;
    for (const expr::Expr* side : {comparison->left, comparison->right}) {
      if (const expr::ColumnExpr* column = AsColumn(*side)) {
        fixed.push_back(columns_[column->id].attnum);
      }
    }
  }
  if (!fixed.empty() && HoldUniqueKey(scan.relation->oid, fixed)) return 1;
  double rows = scan.relation->IsPartitioned() ? 0 : TableRows(*scan.relation);
  if (!scan.only && scan.relation->oid >= kFirstUserOid) {
    for (const catalog::RelationPtr& member : catalog::TreeOf(catalog_, scan.relation)) {
      if (member->HasRows() && member->oid != scan.relation->oid) rows += TableRows(*member);
    }
  }
  return std::max(rows * Selectivity(Pointers(scan.filters)), 1.0);
}

// Columns that hold a whole unique key meet one row of the table, however they are correlated.
double Cardinality::KeySelectivity(Oid table, const std::vector<AttributeNumber>& columns,
                                   double selectivity) const {
  if (columns.size() < 2 || !HoldUniqueKey(table, columns)) return selectivity;
  const catalog::RelationPtr relation = catalog_.FindRelation(table);
  return std::max(selectivity, 1 / TableRows(*relation));
}

double Cardinality::JoinSelectivity(const std::vector<const expr::Expr*>& conditions,
                                    const std::vector<ColumnId>& left,
                                    const std::vector<ColumnId>& right) const {
  const ColumnSet left_set(left), right_set(right);
  struct Pairs {
    std::vector<AttributeNumber> left, right;
    double selectivity = 1;
  };
  std::map<std::pair<Oid, Oid>, Pairs> by_tables;
  double selectivity = 1;
  for (const expr::Expr* condition : conditions) {
    double own = Selectivity(*condition);
    if (const auto pair = AsColumnPair(*condition, left_set, right_set)) {
      const StatementColumn &a = columns_[pair->left], &b = columns_[pair->right];
      Pairs& pairs = by_tables[{a.table, b.table}];
      pairs.left.push_back(a.attnum);
      pairs.right.push_back(b.attnum);
      pairs.selectivity *= own;
      continue;
    }
    // What was pushed down of a disjunction has been counted there.
    for (const auto* side : {&left, &right}) {
      if (const ExprPtr implied = ImpliedCondition(*condition, *side)) {
        own = std::min(1.0, own / std::max(Selectivity(*implied), 1e-9));
      }
    }
    selectivity *= own;
  }
  for (const auto& [tables, pairs] : by_tables) {
    double own = pairs.selectivity;
    own = std::max(own, KeySelectivity(tables.first, pairs.left, own));
    own = std::max(own, KeySelectivity(tables.second, pairs.right, own));
    selectivity *= own;
  }
  return selectivity;
}

double Cardinality::SemiSelectivity(const LogicalJoin& join, double right_rows) const {
  const ColumnSet left(join.children[0]->outputs), right(join.children[1]->outputs);
  double selectivity = 1;
  bool found = false;
  for (const ExprPtr& condition : join.conditions) {
    const auto pair = AsColumnPair(*condition, left, right);
    if (!pair) continue;
    const expr::ColumnExpr left_column(columns_[pair->left].type, pair->left);
    const expr::ColumnExpr right_column(columns_[pair->right].type, pair->right);
    const double right_distinct = std::min(DistinctValues(right_column), right_rows);
    const double left_distinct = DistinctValues(left_column);
    // An aggregate's output says little of itself: at most as many values as rows.
    const bool is_known = columns_[pair->right].table != kInvalidOid;
    const double met = (is_known ? right_distinct : right_rows) / std::max(left_distinct, 1.0);
    selectivity = std::min(selectivity, met);
    found = true;
  }
  return found ? std::clamp(selectivity, 0.0, 1.0) : kSemiDefault;
}

double Cardinality::EstimateJoin(LogicalJoin& join) const {
  const double left = Estimate(*join.children[0]);
  const double right = Estimate(*join.children[1]);
  if (join.type == JoinType::kSemi) return std::max(left * SemiSelectivity(join, right), 1.0);
  if (join.type == JoinType::kAnti) {
    return std::max(left * std::max(1 - SemiSelectivity(join, right), kAntiMin), 1.0);
  }
  const double met = left * right *
                     JoinSelectivity(Pointers(join.conditions), join.children[0]->outputs,
                                     join.children[1]->outputs);
  switch (join.type) {
    case JoinType::kLeft: return std::max(met, left);
    case JoinType::kRight: return std::max(met, right);
    case JoinType::kFull: return std::max(met, left + right);
    default: return std::max(met, 1.0);
  }
}

double Cardinality::EstimateAggregate(LogicalAggregate& aggregate) const {
  const double input = Estimate(*aggregate.children[0]);
  if (aggregate.groups.empty()) return 1;
  // Columns of one table that include its key add nothing to it.
  std::map<Oid, std::vector<AttributeNumber>> by_table;
  for (const ExprPtr& group : aggregate.groups) {
    if (const expr::ColumnExpr* column = AsColumn(*group)) {
      by_table[columns_[column->id].table].push_back(columns_[column->id].attnum);
    }
  }
  std::map<Oid, double> keyed;
  for (const auto& [table, columns] : by_table) {
    if (table == kInvalidOid || !HoldUniqueKey(table, columns)) continue;
    keyed[table] = TableRows(*catalog_.FindRelation(table));
  }
  double groups = 1;
  for (const ExprPtr& group : aggregate.groups) {
    const expr::ColumnExpr* column = AsColumn(*group);
    if (column != nullptr && keyed.contains(columns_[column->id].table)) continue;
    groups *= DistinctValues(*group);
  }
  for (const auto& [table, rows] : keyed) groups *= rows;
  return std::max(1.0, std::min(groups, input));
}

double Cardinality::EstimateLimit(LogicalLimit& limit) const {
  const double rows = Estimate(*limit.children[0]);
  if (limit.count == nullptr || limit.count->kind != ExprKind::kConst) return rows;
  const auto& constant = static_cast<const expr::ConstExpr&>(*limit.count);
  if (constant.value.is_null()) return rows;
  return std::min(rows, static_cast<double>(constant.value.As<int64_t>()));
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
    case LogicalKind::kFilter:
      rows = Estimate(*node.children[0]) *
             Selectivity(Pointers(static_cast<LogicalFilter&>(node).conjuncts));
      break;
    case LogicalKind::kLimit: rows = EstimateLimit(static_cast<LogicalLimit&>(node)); break;
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
