// The part of the rows for which a condition holds.
#include <algorithm>
#include <cmath>

#include "base/error/sql_error.h"
#include "expr/evaluator.h"
#include "facts/types.h"
#include "planner/optimizer/cardinality.h"
#include "planner/optimizer/column_set.h"
#include "types/compare.h"

namespace grizzly::planner {

using expr::ExprKind;
using types::Datum;

namespace {

// PostgreSQL's own defaults where nothing is known (selfuncs.h).
constexpr double kEqualSelectivity = 0.005;
constexpr double kRangeSelectivity = 1.0 / 3;
constexpr double kRangePairSelectivity = 0.005;
constexpr double kMatchSelectivity = 0.1;
constexpr double kNullSelectivity = 0.005;
constexpr double kOtherSelectivity = 0.5;
// Fewer samples than these say little about a condition.
constexpr size_t kSamplesMin = 3;

bool IsKnown(const expr::Expr& value, std::span<const Datum> parameters) {
  if (value.kind == ExprKind::kConst) return true;
  if (value.kind != ExprKind::kParam) return false;
  const auto index = static_cast<size_t>(static_cast<const expr::ParamExpr&>(value).index);
  return index < parameters.size() && !parameters[index].is_null();
}

const Datum& KnownValue(const expr::Expr& value, std::span<const Datum> parameters) {
  if (value.kind == ExprKind::kConst) return static_cast<const expr::ConstExpr&>(value).value;
  return parameters[static_cast<size_t>(static_cast<const expr::ParamExpr&>(value).index)];
}

// All leaves are the one column or known values, and running it again gives the same.
bool MayRunOnSamples(const expr::Expr& part, ColumnId column, std::span<const Datum> parameters) {
  switch (part.kind) {
    case ExprKind::kColumn: return static_cast<const expr::ColumnExpr&>(part).id == column;
    case ExprKind::kConst:
    case ExprKind::kParam: return IsKnown(part, parameters);
    case ExprKind::kFunction: {
      if (static_cast<const expr::FunctionExpr&>(part).volatility != 'i') return false;
      break;
    }
    case ExprKind::kBool:
    case ExprKind::kCase:
    case ExprKind::kCoalesce:
    case ExprKind::kNullIf:
    case ExprKind::kNullTest:
    case ExprKind::kBooleanTest:
    case ExprKind::kDistinct:
    case ExprKind::kScalarArray:
    case ExprKind::kInList:
    case ExprKind::kArray:
    case ExprKind::kRelabel: break;
    default: return false;
  }
  bool all = true;
  expr::ForEachChild(part, [&](const expr::Expr& child) {
    all = all && MayRunOnSamples(child, column, parameters);
  });
  return all;
}

Datum SampleOf(const types::SqlType& type, const std::string& bytes) {
  if (type.physical == types::PhysicalType::kString) return Datum::Of(types::StringRef(bytes));
  Datum value = Datum::Of(uint8_t{0});
  std::memcpy(value.payload(), bytes.data(),
              std::min<size_t>(bytes.size(), types::PhysicalWidth(type.physical)));
  return value;
}

double Sum(const std::vector<double>& values) {
  double sum = 0;
  for (double value : values) sum += value;
  return sum;
}

double AtMostOne(double selectivity) { return std::clamp(selectivity, 0.0, 1.0); }

// The one column a condition is about; kNoColumn for none or several.
ColumnId OnlyColumn(const expr::Expr& condition) {
  const auto free = expr::FreeColumns(condition);
  return free.size() == 1 ? free[0] : expr::kNoColumn;
}

std::optional<size_t> ConstantListSize(const expr::ComparisonExpr& any) {
  if (any.right == nullptr || any.right->kind != ExprKind::kArray) return std::nullopt;
  return static_cast<const expr::ListExpr&>(*any.right).children.size();
}

}  // namespace

const catalog::ColumnStatistics* Cardinality::StatisticsOf(ColumnId id) const {
  const StatementColumn& column = columns_[id];
  if (column.table == kInvalidOid || column.attnum <= 0 || values_ == nullptr) return nullptr;
  const auto [found, is_new] = known_.try_emplace(column.table);
  if (is_new) found->second = values_->ValueStatistics(column.table);
  return found->second == nullptr ? nullptr : found->second->Find(column.attnum);
}

std::optional<double> Cardinality::SampledSelectivity(
    const std::vector<const expr::Expr*>& conditions, ColumnId column) const {
  const catalog::ColumnStatistics* known = StatisticsOf(column);
  if (known == nullptr) return std::nullopt;
  const size_t common = known->common_values.size(), bounds = known->histogram.size();
  if (common + bounds < kSamplesMin) return std::nullopt;
  for (const expr::Expr* condition : conditions) {
    if (!MayRunOnSamples(*condition, column, parameters_)) return std::nullopt;
  }
  const types::SqlType& type = columns_[column].type;
  types::Batch samples(std::span(&type, 1), static_cast<uint32_t>(common + bounds + 1));
  uint32_t row = 0;
  for (const std::string& value : known->common_values) {
    samples.column(0).SetDatum(row++, SampleOf(type, value));
  }
  for (const std::string& value : known->histogram) {
    samples.column(0).SetDatum(row++, SampleOf(type, value));
  }
  samples.column(0).SetDatum(row++, Datum::Null());
  samples.set_row_count(row);
  std::vector<uint32_t> kept(row, 0);  // how many conditions each sample passes
  static const types::IoSettings kIo;
  expr::EvaluationState state;
  state.functions.io = &kIo;
  state.parameters = parameters_;
  try {
    for (const expr::Expr* condition : conditions) {
      ExprPtr runnable = condition->Clone();
      expr::RewriteTree(runnable, [&](ExprPtr& part) {
        if (part->kind == ExprKind::kColumn) part = std::make_unique<expr::InputExpr>(type, 0);
      });
      expr::Evaluator evaluator(*runnable, state);
      for (uint32_t i : evaluator.Filter(samples)) ++kept[i];
    }
  } catch (const SqlError&) {
    return std::nullopt;  // raised again at run time, if it is reached there
  }
  const auto passes = [&](size_t i) { return kept[i] == conditions.size(); };
  double selected = 0;
  for (size_t i = 0; i < common; ++i) selected += passes(i) ? known->common_frequencies[i] : 0;
  const double rest = AtMostOne(1 - Sum(known->common_frequencies) - known->null_fraction);
  if (bounds > 0) {
    double hits = 0;
    for (size_t i = 0; i < bounds; ++i) hits += passes(common + i) ? 1 : 0;
    // Not one of the bounds: some of the values between two of them may still pass.
    selected += rest * std::max(hits, 0.3) / static_cast<double>(bounds);
  }
  if (passes(common + bounds)) selected += known->null_fraction;
  return AtMostOne(selected);
}

double Cardinality::EqualSelectivity(const expr::ColumnExpr& column,
                                     const expr::Expr& value) const {
  const catalog::ColumnStatistics* known = StatisticsOf(column.id);
  if (known == nullptr) {
    const double distinct = DistinctValues(column);
    return distinct > 1 ? 1.0 / distinct : kEqualSelectivity;
  }
  const StatementColumn& origin = columns_[column.id];
  const catalog::RelationPtr table = catalog_.FindRelation(origin.table);
  const double rows = table == nullptr ? 1000 : TableRows(*table);
  const double distinct = std::max(known->DistinctOf(rows), 1.0);
  const double not_null = 1 - known->null_fraction;
  const bool comparable = IsKnown(value, parameters_) && value.type.oid == origin.type.oid;
  if (!comparable) return AtMostOne(not_null / distinct);
  const Datum& wanted = KnownValue(value, parameters_);
  if (wanted.is_null()) return 0;
  const types::CompareFunction compare = types::FindCompare(origin.type);
  for (size_t i = 0; compare != nullptr && i < known->common_values.size(); ++i) {
    const Datum common = SampleOf(origin.type, known->common_values[i]);
    if (compare(common, wanted, origin.type.collation) == 0) return known->common_frequencies[i];
  }
  const double others = distinct - static_cast<double>(known->common_values.size());
  const double rest = AtMostOne(not_null - Sum(known->common_frequencies));
  return others < 1 ? std::min(rest, 1 / rows) : AtMostOne(rest / others);
}

double Cardinality::ComparisonSelectivity(const SimpleComparison& comparison) const {
  const expr::ColumnExpr* left = AsColumn(*comparison.left);
  const expr::ColumnExpr* right = AsColumn(*comparison.right);
  if (comparison.op != ComparisonOperator::kEqual) return kRangeSelectivity;
  if (left != nullptr && right == nullptr) return EqualSelectivity(*left, *comparison.right);
  if (right != nullptr && left == nullptr) return EqualSelectivity(*right, *comparison.left);
  const double distinct = std::max(DistinctValues(*comparison.left),
                                   DistinctValues(*comparison.right));
  return distinct > 1 ? 1.0 / distinct : kEqualSelectivity;
}

// Branches that are about different things are taken as independent.
double Cardinality::DisjunctionSelectivity(const std::vector<ExprPtr>& branches) const {
  double none = 1;
  for (const ExprPtr& branch : branches) {
    std::vector<ExprPtr> parts;
    SplitConjuncts(branch->Clone(), &parts);
    std::vector<const expr::Expr*> all;
    for (const ExprPtr& part : parts) all.push_back(part.get());
    none *= 1 - Selectivity(all);
  }
  return 1 - none;
}

double Cardinality::DefaultSelectivity(const expr::Expr& condition) const {
  switch (condition.kind) {
    case ExprKind::kBool: {
      const auto& list = static_cast<const expr::ListExpr&>(condition);
      const auto operation = static_cast<expr::BoolOperation>(list.choice);
      if (operation == expr::BoolOperation::kNot) return 1 - Selectivity(*list.children[0]);
      if (operation == expr::BoolOperation::kOr) return DisjunctionSelectivity(list.children);
      double all = 1;
      for (const ExprPtr& child : list.children) all *= Selectivity(*child);
      return all;
    }
    case ExprKind::kNullTest:
      return static_cast<const expr::ListExpr&>(condition).choice == 0 ? kNullSelectivity
                                                                       : 1 - kNullSelectivity;
    case ExprKind::kScalarArray:
    case ExprKind::kInList: {
      const auto& any = static_cast<const expr::ComparisonExpr&>(condition);
      const double elements = static_cast<double>(ConstantListSize(any).value_or(10));
      const double distinct = any.left == nullptr ? 0 : DistinctValues(*any.left);
      const double each = distinct > 1 ? 1 / distinct : kEqualSelectivity;
      const double some = std::min(1.0, elements * each);
      return any.all ? 1 - some : some;
    }
    case ExprKind::kFunction: {
      const auto& call = static_cast<const expr::FunctionExpr&>(condition);
      return call.operator_oid != kInvalidOid ? kMatchSelectivity : kRangeSelectivity;
    }
    case ExprKind::kConst: {
      const auto& constant = static_cast<const expr::ConstExpr&>(condition);
      return !constant.value.is_null() && constant.value.AsBool() ? 1 : 0;
    }
    default: return kOtherSelectivity;
  }
}

double Cardinality::Selectivity(const expr::Expr& condition) const {
  const auto comparison = AsComparison(condition);
  if (comparison && comparison->op == ComparisonOperator::kEqual) {
    return ComparisonSelectivity(*comparison);
  }
  if (const ColumnId column = OnlyColumn(condition)) {
    if (const auto sampled = SampledSelectivity({&condition}, column)) return *sampled;
  }
  return comparison ? ComparisonSelectivity(*comparison) : DefaultSelectivity(condition);
}

double Cardinality::Selectivity(const std::vector<const expr::Expr*>& conditions) const {
  if (conditions.size() == 1) return Selectivity(*conditions[0]);
  double selectivity = 1;
  std::map<ColumnId, std::vector<const expr::Expr*>> by_column;
  for (const expr::Expr* condition : conditions) {
    const auto comparison = AsComparison(*condition);
    const ColumnId column = OnlyColumn(*condition);
    if (column == expr::kNoColumn || (comparison && comparison->op == ComparisonOperator::kEqual)) {
      selectivity *= Selectivity(*condition);
    } else {
      by_column[column].push_back(condition);
    }
  }
  for (const auto& [column, group] : by_column) {
    if (const auto sampled = SampledSelectivity(group, column)) {
      selectivity *= *sampled;
      continue;
    }
    bool below = false, above = false;
    double product = 1;
    for (const expr::Expr* condition : group) {
      const auto comparison = AsComparison(*condition);
      product *= Selectivity(*condition);
      if (!comparison) continue;
      const bool swapped = AsColumn(*comparison->left) == nullptr;
      const ComparisonOperator op = swapped ? Mirrored(comparison->op) : comparison->op;
      (op == ComparisonOperator::kLess || op == ComparisonOperator::kLessEqual ? below : above) =
          true;
    }
    selectivity *= below && above ? std::min(product, kRangePairSelectivity) : product;
  }
  return AtMostOne(selectivity);
}

}  // namespace grizzly::planner
