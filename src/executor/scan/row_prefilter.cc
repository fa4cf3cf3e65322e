#include "executor/scan/row_prefilter.h"

#include "expr/fixed.h"
#include "facts/operators.h"
#include "facts/types.h"
#include "storage/row/row_layout.h"

namespace grizzly::executor {

using expr::ExprKind;
using types::Datum;
using types::PhysicalType;

namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;

int StrategyOf(std::string_view name) {
  if (name == "<") return 1;
  if (name == "<=") return 2;
  if (name == "=") return 3;
  if (name == ">=") return 4;
  if (name == ">") return 5;
  return 0;
}

bool IsInteger(Oid type) {
  return type == facts::kInt2Oid || type == facts::kInt4Oid || type == facts::kInt8Oid;
}

// Types whose order is that of their stored integers, and which compare with each other so.
bool Compares(Oid column, Oid value) {
  if (IsInteger(column)) return IsInteger(value);
  if (column == facts::kDateOid) return value == facts::kDateOid || value == facts::kTimestampOid;
  return column == value && (column == facts::kTimestampOid || column == facts::kTimestamptzOid ||
                             column == facts::kTimeOid || column == facts::kMoneyOid);
}

int64_t IntegerOf(const Datum& value, PhysicalType physical) {
  switch (physical) {
    case PhysicalType::kInt16: return value.As<int16_t>();
    case PhysicalType::kInt32: return value.As<int32_t>();
    default: return value.As<int64_t>();
  }
}

}  // namespace

RowPrefilter::RowPrefilter(const plan::TableScanNode& node, expr::EvaluationState& state)
    : layouts_(node.relation->row_layouts.get()) {
  if (node.unique_match) return;
  for (const expr::ExprPtr& filter : node.filters) {
    if (filter->kind != ExprKind::kFunction) continue;
    const auto& call = static_cast<const expr::FunctionExpr&>(*filter);
    const facts::OperatorFact* fact = facts::FindOperator(call.operator_oid);
    if (fact == nullptr || call.arguments.size() != 2) continue;
    int operation = StrategyOf(fact->oprname);
    const expr::Expr* column = call.arguments[0].get();
    const expr::Expr* value = call.arguments[1].get();
    if (column->kind != ExprKind::kInput) {
      std::swap(column, value);
      operation = operation == 0 ? 0 : 6 - operation;
    }
    if (operation == 0 || column->kind != ExprKind::kInput || !expr::IsFixed(*value)) continue;
    const AttributeNumber attnum =
        node.attnums[static_cast<const expr::InputExpr&>(*column).index];
    if (attnum <= 0 || !Compares(column->type.oid, value->type.oid)) continue;
    Condition condition;
    condition.column = static_cast<uint32_t>(attnum - 1);
    condition.physical = column->type.physical;
    condition.operation = operation;
    condition.value = std::make_unique<expr::Evaluator>(*value, state);
    condition.value_type = value->type;
    conditions_.push_back(std::move(condition));
  }
}

void RowPrefilter::Open() {
  keys_.clear();
  for (Condition& condition : conditions_) {
    const Datum value = expr::FixedValue(*condition.value).value_or(Datum::Null());
    condition.is_known = !value.is_null();
    condition.low = INT64_MIN;
    condition.high = INT64_MAX;
    if (value.is_null()) continue;
    int64_t bound = IntegerOf(value, condition.value_type.physical);
    int operation = condition.operation;
    const bool is_days = condition.value_type.oid == facts::kTimestampOid &&
                         condition.physical == PhysicalType::kInt32;
    if (is_days) {
      // Infinities and what lies within a day are left to the filter itself.
      if (bound == INT64_MIN || bound == INT64_MAX) {
        condition.is_known = false;
        continue;
      }
      const int64_t days = bound / kMicrosPerDay - (bound % kMicrosPerDay < 0 ? 1 : 0);
      const bool is_midnight = bound % kMicrosPerDay == 0;
      if (!is_midnight && operation == 3) operation = 2;  // never equal: the filter says so
      if (!is_midnight && operation == 1) operation = 2;
      if (!is_midnight && operation == 4) operation = 5;
      bound = days;
    }
    if (operation == 1 && bound > INT64_MIN) condition.high = bound - 1;
    if (operation == 2 || operation == 3) condition.high = bound;
    if (operation == 4 || operation == 3) condition.low = bound;
    if (operation == 5 && bound < INT64_MAX) condition.low = bound + 1;
  }
}

void RowPrefilter::AddKeys(const plan::TableScanNode& node, uint32_t output,
                           std::shared_ptr<const KeyFilter> keys) {
  const AttributeNumber attnum = node.attnums[output];
  if (attnum > 0) keys_.push_back({static_cast<uint32_t>(attnum - 1), std::move(keys)});
}

bool RowPrefilter::PassesKeys(std::string_view row) {
  constexpr uint32_t kAskedMin = 4096;
  constexpr double kPassedMax = 0.8;
  for (size_t i = 0; i < keys_.size(); ++i) {
    Keys& keys = keys_[i];
    int64_t value;
    if (!layouts_->ReadInteger(row, keys.column, &value)) return false;  // NULL meets nothing
    ++keys.asked;
    if (!keys.filter->MayContain(value)) return false;
    ++keys.passed;
    if (keys.asked < kAskedMin) continue;
    if (keys.passed > kPassedMax * keys.asked) {
      keys_.erase(keys_.begin() + static_cast<ptrdiff_t>(i--));
    } else {
      keys.asked = keys.passed = 0;
    }
  }
  return true;
}

bool RowPrefilter::PassesConditions(std::string_view row) const {
  for (const Condition& condition : conditions_) {
    if (!condition.is_known) continue;
    int64_t integer;
    if (!layouts_->ReadInteger(row, condition.column, &integer)) return false;
    if (integer < condition.low || integer > condition.high) return false;
  }
  return true;
}

}  // namespace grizzly::executor
