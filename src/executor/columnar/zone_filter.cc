#include "executor/columnar/zone_filter.h"

#include <array>
#include <cmath>
#include <optional>

#include "expr/fixed.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "types/numeric.h"

namespace grizzly::executor {

using expr::Expr;
using expr::ExprKind;
using storage::ZoneKind;
using storage::ZoneMap;
using types::Datum;
using types::PhysicalType;

namespace {

enum class Comparison : uint8_t { kEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kNull, kNotNull };

Comparison Swapped(Comparison comparison) {
  switch (comparison) {
    case Comparison::kLess: return Comparison::kGreater;
    case Comparison::kLessEqual: return Comparison::kGreaterEqual;
    case Comparison::kGreater: return Comparison::kLess;
    case Comparison::kGreaterEqual: return Comparison::kLessEqual;
    default: return comparison;
  }
}

constexpr types::Int128 kMicrosecondsPerDay = 86'400'000'000;

struct Family {
  std::string_view name;  // of pg_proc.prosrc, before the operation
  ZoneKind zone;
  std::string_view rest = {};  // behind it
};
// Functions whose arguments are compared as what the zone map holds. Both sides may differ in width.
constexpr std::array<Family, 18> kFamilies = {{
    {"int2", ZoneKind::kInteger},      {"int4", ZoneKind::kInteger},  {"int8", ZoneKind::kInteger},
    {"int24", ZoneKind::kInteger},     {"int28", ZoneKind::kInteger}, {"int42", ZoneKind::kInteger},
    {"int48", ZoneKind::kInteger},     {"int82", ZoneKind::kInteger}, {"int84", ZoneKind::kInteger},
    {"date_", ZoneKind::kInteger},     {"time_", ZoneKind::kInteger}, {"timestamp_", ZoneKind::kInteger},
    {"cash_", ZoneKind::kInteger},     {"numeric_", ZoneKind::kNumeric},
    {"date_", ZoneKind::kInteger, "_timestamp"},
    {"float8", ZoneKind::kFloat},      {"text_", ZoneKind::kBytes},   {"text", ZoneKind::kBytes},
}};

std::optional<Comparison> OperationOf(std::string_view suffix) {
  if (suffix == "eq") return Comparison::kEqual;
  if (suffix == "lt") return Comparison::kLess;
  if (suffix == "le") return Comparison::kLessEqual;
  if (suffix == "gt") return Comparison::kGreater;
  if (suffix == "ge") return Comparison::kGreaterEqual;
  return std::nullopt;
}

bool OrdersByBytes(Oid collation) {
  constexpr Oid kDefaultCollation = 100, kC = 950, kPosix = 951;
  return collation == kDefaultCollation || collation == kC || collation == kPosix;
}

// varchar as text: the same bytes.
const Expr& WithoutRelabel(const Expr& expr) {
  return expr.kind == ExprKind::kRelabel ? *static_cast<const expr::ListExpr&>(expr).children[0]
                                         : expr;
}

int64_t IntegerOf(const Datum& value, PhysicalType physical) {
  switch (physical) {
    case PhysicalType::kInt8: return value.As<int8_t>();
    case PhysicalType::kInt16: return value.As<int16_t>();
    case PhysicalType::kInt32: return value.As<int32_t>();
    default: return value.As<int64_t>();
  }
}

template <typename Order>  // -1, 0, 1: bound against constant
bool Overlaps(Comparison comparison, const Order& least, const Order& greatest) {
  switch (comparison) {
    case Comparison::kEqual: return least() <= 0 && greatest() >= 0;
    case Comparison::kLess: return least() < 0;
    case Comparison::kLessEqual: return least() <= 0;
    case Comparison::kGreater: return greatest() > 0;
    default: return greatest() >= 0;
  }
}

template <typename T>
int Compare(const T& a, const T& b) {
  return a < b ? -1 : (a > b ? 1 : 0);
}

// The bound is the first bytes of a value that may go on: it is at least what they say.
int CompareCut(const std::string& bound, std::string_view constant, bool is_cut) {
  if (is_cut && constant.starts_with(bound)) return 1;
  return Compare(std::string_view(bound), constant);
}

bool MatchesBytes(Comparison comparison, const ZoneMap& zone, std::string_view constant) {
  using Order = std::function<int()>;
  return Overlaps<Order>(
      comparison, [&] { return Compare(std::string_view(zone.least_bytes), constant); },
      [&] { return CompareCut(zone.greatest_bytes, constant, zone.greatest_is_cut); });
}

template <typename T>
bool MatchesNumber(Comparison comparison, const T& least, const T& greatest, const T& constant) {
  using Order = std::function<int()>;
  return Overlaps<Order>(
      comparison, [&] { return Compare(least, constant); },
      [&] { return Compare(greatest, constant); });
}

bool MatchesNumeric(Comparison comparison, const ZoneMap& zone, const Datum& constant) {
  using Order = std::function<int()>;
  const types::NumericRef value = types::NumericRef::Of(constant);
  const types::StringRef least = types::MakeSmallNumeric(zone.least, zone.scale);
  const types::StringRef greatest = types::MakeSmallNumeric(zone.greatest, zone.scale);
  return Overlaps<Order>(
      comparison, [&] { return types::NumericCompare(least, value); },
      [&] { return types::NumericCompare(greatest, value); });
}

}  // namespace

struct ZoneFilter::Condition {
  uint32_t column = 0;
  Comparison comparison = Comparison::kEqual;
  ZoneKind zone = ZoneKind::kNone;
  PhysicalType physical = PhysicalType::kInt64;  // of the constant
  bool is_days = false;                          // a date, compared with a timestamp
  std::unique_ptr<expr::Evaluator> constant;
  Arena arena;
  Datum value;
  bool is_known = false;  // computing the constant was no error

  bool MayMatch(const ZoneMap& map, uint32_t row_count) const {
    if (comparison == Comparison::kNull) return map.null_count > 0;
    if (map.null_count == row_count) return false;
    if (comparison == Comparison::kNotNull) return true;
    if (!is_known) return true;
    if (value.is_null()) return false;
    if (map.kind != zone) return true;
    switch (zone) {
      case ZoneKind::kInteger:
        if (is_days) {
          if (map.least == INT32_MIN || map.greatest == INT32_MAX) return true;  // infinities
          return MatchesNumber<types::Int128>(comparison, map.least * kMicrosecondsPerDay,
                                              map.greatest * kMicrosecondsPerDay,
                                              value.As<int64_t>());
        }
        return MatchesNumber(comparison, map.least, map.greatest, IntegerOf(value, physical));
      case ZoneKind::kNumeric: return MatchesNumeric(comparison, map, value);
      case ZoneKind::kFloat: {
        const double constant_value = value.As<double>();
        return std::isnan(constant_value) ||
               MatchesNumber(comparison, map.least_float, map.greatest_float, constant_value);
      }
      case ZoneKind::kBytes: return MatchesBytes(comparison, map, value.AsString());
      case ZoneKind::kNone: return true;
    }
    return true;
  }
};

ZoneFilter::~ZoneFilter() = default;

ZoneFilter::ZoneFilter(const plan::TableScanNode& node, ExecContext& context) {
  const auto table_column = [&](const Expr& expr) -> std::optional<uint32_t> {
    const Expr& column = WithoutRelabel(expr);
    if (column.kind != ExprKind::kInput) return std::nullopt;
    const AttributeNumber attnum = node.attnums[static_cast<const expr::InputExpr&>(column).index];
    if (attnum <= 0) return std::nullopt;
    return static_cast<uint32_t>(attnum - 1);
  };
  const auto add_comparison = [&](const expr::FunctionExpr& function) {
    if (function.arguments.size() != 2 || function.call == nullptr) return;
    const facts::ProcFact* proc = facts::FindProc(function.call->function);
    if (proc == nullptr || proc->prolang != facts::kInternalLanguageOid) return;
    const Expr& left = *function.arguments[0];
    const Expr& right = *function.arguments[1];
    for (const Family& family : kFamilies) {
      if (!proc->prosrc.starts_with(family.name)) continue;
      std::string_view suffix = proc->prosrc.substr(family.name.size());
      if (!suffix.ends_with(family.rest)) continue;
      suffix.remove_suffix(family.rest.size());
      const auto operation = OperationOf(suffix);
      const bool swapped = WithoutRelabel(left).kind != ExprKind::kInput;
      const auto column = table_column(swapped ? right : left);
      const Expr& constant = swapped ? left : right;
      if (!operation || !column || !expr::IsFixed(constant)) continue;
      if (family.zone == ZoneKind::kBytes && *operation != Comparison::kEqual &&
          !OrdersByBytes(function.call->collation)) {
        continue;
      }
      auto condition = std::make_unique<Condition>();
      condition->column = *column;
      condition->comparison = swapped ? Swapped(*operation) : *operation;
      condition->zone = family.zone;
      condition->physical = constant.type.physical;
      condition->is_days = !family.rest.empty();
      // date against timestamp, never the other way round: a column of dates
      if (condition->is_days && swapped) continue;
      condition->constant = std::make_unique<expr::Evaluator>(constant, context.evaluation);
      conditions_.push_back(std::move(condition));
      return;
    }
  };
  const auto add_null_test = [&](const expr::ListExpr& test) {
    const auto column = table_column(*test.children[0]);
    if (!column || test.choice > static_cast<uint8_t>(expr::NullTestKind::kIsNotNull)) return;
    auto condition = std::make_unique<Condition>();
    condition->column = *column;
    condition->comparison = static_cast<expr::NullTestKind>(test.choice) == expr::NullTestKind::kIsNull
                                ? Comparison::kNull
                                : Comparison::kNotNull;
    conditions_.push_back(std::move(condition));
  };
  for (const expr::ExprPtr& filter : node.filters) {
    if (filter->kind == ExprKind::kFunction) {
      add_comparison(static_cast<const expr::FunctionExpr&>(*filter));
    } else if (filter->kind == ExprKind::kNullTest) {
      add_null_test(static_cast<const expr::ListExpr&>(*filter));
    }
  }
}

void ZoneFilter::Open() {
  for (const auto& condition : conditions_) {
    if (condition->constant == nullptr) continue;
    const std::optional<Datum> value = expr::FixedValue(*condition->constant);
    condition->is_known = value.has_value();
    if (!value) continue;
    condition->arena.Reset();
    condition->value = condition->zone == ZoneKind::kBytes || condition->zone == ZoneKind::kNumeric
                           ? value->CopyTo(PhysicalType::kString, condition->arena)
                           : *value;
  }
}

bool ZoneFilter::MayMatch(const storage::GroupDescriptor& group) const {
  for (const auto& condition : conditions_) {
    if (condition->column >= group.columns.size()) continue;
    if (!condition->MayMatch(group.columns[condition->column].zone, group.row_count)) return false;
  }
  return true;
}

}  // namespace grizzly::executor
