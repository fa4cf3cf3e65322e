// column op constant, for the comparisons that scans filter by.
#include <array>
#include <cmath>
#include <optional>

#include "expr/fixed.h"
#include "expr/node/row_filter.h"
#include "facts/procs.h"
#include "types/numeric.h"
#include "types/text.h"

namespace grizzly::expr {
namespace {

enum class Comparison : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

Comparison Swapped(Comparison comparison) {
  switch (comparison) {
    case Comparison::kLess: return Comparison::kGreater;
    case Comparison::kLessEqual: return Comparison::kGreaterEqual;
    case Comparison::kGreater: return Comparison::kLess;
    case Comparison::kGreaterEqual: return Comparison::kLessEqual;
    default: return comparison;
  }
}

std::optional<Comparison> ParseSuffix(std::string_view suffix) {
  if (suffix.starts_with('_')) suffix.remove_prefix(1);
  if (suffix == "eq") return Comparison::kEqual;
  if (suffix == "ne") return Comparison::kNotEqual;
  if (suffix == "lt") return Comparison::kLess;
  if (suffix == "le") return Comparison::kLessEqual;
  if (suffix == "gt") return Comparison::kGreater;
  if (suffix == "ge") return Comparison::kGreaterEqual;
  return std::nullopt;
}

// Functions that compare two values of the same kind of machine type, whatever the widths: the
// longest family first where one is a prefix of another. timestamp and timestamptz share theirs.
constexpr std::array<std::string_view, 22> kFamilies = {
    "int24", "int28", "int42", "int48", "int82", "int84", "int2",      "int4",        "int8", "oid",
    "date",  "time",  "timestamp", "float48", "float84", "float4", "float8", "cash", "text", "name",
    "numeric", "bpchar"};

std::optional<Comparison> FastComparison(std::string_view prosrc) {
  std::string_view family;
  for (std::string_view candidate : kFamilies) {
    if (prosrc.starts_with(candidate) && candidate.size() > family.size()) family = candidate;
  }
  if (family.empty()) return std::nullopt;
  return ParseSuffix(prosrc.substr(family.size()));
}

// PostgreSQL's order of floats: NaN equals NaN and is above all else.
template <typename T>
int CompareValues(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a)) return std::isnan(b) ? 0 : 1;
    if (std::isnan(b)) return -1;
  }
  if constexpr (std::is_same_v<T, StringRef>) {
    return StringRef::Compare(a, b);
  } else {
    return a < b ? -1 : (a > b ? 1 : 0);
  }
}

template <Comparison kOperation, typename T>
bool Holds(const T& a, const T& b) {
  if constexpr (std::is_integral_v<T>) {
    if constexpr (kOperation == Comparison::kEqual) return a == b;
    if constexpr (kOperation == Comparison::kNotEqual) return a != b;
    if constexpr (kOperation == Comparison::kLess) return a < b;
    if constexpr (kOperation == Comparison::kLessEqual) return a <= b;
    if constexpr (kOperation == Comparison::kGreater) return a > b;
    return a >= b;
  } else if constexpr (std::is_same_v<T, StringRef> && (kOperation == Comparison::kEqual ||
                                                        kOperation == Comparison::kNotEqual)) {
    return (a == b) == (kOperation == Comparison::kEqual);
  } else {
    const int order = CompareValues(a, b);
    if constexpr (kOperation == Comparison::kEqual) return order == 0;
    if constexpr (kOperation == Comparison::kNotEqual) return order != 0;
    if constexpr (kOperation == Comparison::kLess) return order < 0;
    if constexpr (kOperation == Comparison::kLessEqual) return order <= 0;
    if constexpr (kOperation == Comparison::kGreater) return order > 0;
    return order >= 0;
  }
}

// `Stored` is the column's, `Compared` what both sides are widened to.
template <typename Stored, typename Compared>
class FastConjunct final : public Conjunct {
 public:
  FastConjunct(uint32_t column, Comparison comparison, const Expr& constant)
      : column_(column), comparison_(comparison), constant_(CompileNode(constant)) {}

  void Keep(EvaluationState& state, const Batch& input, std::vector<uint32_t>& rows) override {
    const Vector& constant = constant_->Evaluate(state, input);
    if (constant.IsNull(0)) {
      rows.clear();
      return;
    }
    const Compared value = ReadConstant(constant);
    const auto column = input.column(column_).Reader<Stored>();
    switch (comparison_) {
      case Comparison::kEqual: return Run<Comparison::kEqual>(column, value, rows);
      case Comparison::kNotEqual: return Run<Comparison::kNotEqual>(column, value, rows);
      case Comparison::kLess: return Run<Comparison::kLess>(column, value, rows);
      case Comparison::kLessEqual: return Run<Comparison::kLessEqual>(column, value, rows);
      case Comparison::kGreater: return Run<Comparison::kGreater>(column, value, rows);
      case Comparison::kGreaterEqual: return Run<Comparison::kGreaterEqual>(column, value, rows);
    }
  }

 private:
  static Compared ReadConstant(const Vector& constant) {
    if constexpr (std::is_same_v<Compared, StringRef>) {
      return constant.Reader<StringRef>()[0];
    } else {
      switch (constant.physical()) {
        case types::PhysicalType::kInt8: return static_cast<Compared>(constant.Reader<int8_t>()[0]);
        case types::PhysicalType::kInt16:
          return static_cast<Compared>(constant.Reader<int16_t>()[0]);
        case types::PhysicalType::kInt32:
          return static_cast<Compared>(constant.Reader<int32_t>()[0]);
        case types::PhysicalType::kFloat32:
          return static_cast<Compared>(constant.Reader<float>()[0]);
        case types::PhysicalType::kFloat64:
          return static_cast<Compared>(constant.Reader<double>()[0]);
        default: return static_cast<Compared>(constant.Reader<int64_t>()[0]);
      }
    }
  }

  template <Comparison kOperation>
  static void Run(const types::VectorReader<Stored>& column, const Compared& value,
                  std::vector<uint32_t>& rows) {
    const uint32_t count = static_cast<uint32_t>(rows.size());
    uint32_t* out = rows.data();
    uint32_t kept = 0;
    if (column.is_flat() && column.validity == nullptr) {
      const Stored* data = column.data;
      for (uint32_t i = 0; i < count; ++i) {
        const uint32_t row = out[i];
        out[kept] = row;
        kept += Holds<kOperation, Compared>(static_cast<const Compared&>(Compared(data[row])), value)
                    ? 1
                    : 0;
      }
    } else {
      for (uint32_t i = 0; i < count; ++i) {
        const uint32_t row = out[i];
        out[kept] = row;
        kept += !column.IsNull(row) && Holds<kOperation, Compared>(Compared(column[row]), value)
                    ? 1
                    : 0;
      }
    }
    rows.resize(kept);
  }

  const uint32_t column_;
  const Comparison comparison_;
  NodePtr constant_;
};

bool HoldsOrder(Comparison comparison, int order) {
  switch (comparison) {
    case Comparison::kEqual: return order == 0;
    case Comparison::kNotEqual: return order != 0;
    case Comparison::kLess: return order < 0;
    case Comparison::kLessEqual: return order <= 0;
    case Comparison::kGreater: return order > 0;
    case Comparison::kGreaterEqual: return order >= 0;
  }
  return false;
}

// A string column against a constant by `Order(value)`, made once per batch from the constant.
template <typename Order>
class StringConjunct final : public Conjunct {
 public:
  StringConjunct(uint32_t column, Comparison comparison, const Expr& constant)
      : column_(column), comparison_(comparison), constant_(CompileNode(constant)) {}

  void Keep(EvaluationState& state, const Batch& input, std::vector<uint32_t>& rows) override {
    const Vector& constant = constant_->Evaluate(state, input);
    if (constant.IsNull(0)) {
      rows.clear();
      return;
    }
    const auto constants = constant.Reader<StringRef>();
    const Order order(constants[0]);
    const auto column = input.column(column_).Reader<StringRef>();
    uint32_t kept = 0;
    for (const uint32_t row : rows) {
      rows[kept] = row;
      kept += !column.IsNull(row) && HoldsOrder(comparison_, order(column[row])) ? 1 : 0;
    }
    rows.resize(kept);
  }

 private:
  const uint32_t column_;
  const Comparison comparison_;
  NodePtr constant_;
};

// Small numerics by their unscaled integers.
class NumericOrder {
 public:
  explicit NumericOrder(const StringRef& constant) : constant_(constant) {
    const types::NumericRef value(constant_);
    if (!value.is_small()) return;
    is_small_ = true;
    scale_ = value.scale();
    unscaled_ = value.small_value();
  }
  int operator()(const StringRef& text) const {
    const types::NumericRef value(text);
    if (!is_small_ || !value.is_small()) return types::NumericCompare(value, constant_);
    const int difference = value.scale() - scale_;
    if (difference == 0) return Compare(value.small_value(), unscaled_);
    constexpr int kDigitsMax = 18;
    if (difference > kDigitsMax || difference < -kDigitsMax) {
      return types::NumericCompare(value, constant_);
    }
    types::Int128 left = value.small_value(), right = unscaled_;
    (difference > 0 ? right : left) *=
        types::kInt128PowersOfTen[static_cast<size_t>(difference > 0 ? difference : -difference)];
    return Compare(left, right);
  }

 private:
  template <typename T>
  static int Compare(T a, T b) {
    return a < b ? -1 : (a > b ? 1 : 0);
  }
  const StringRef constant_;
  bool is_small_ = false;
  int scale_ = 0;
  int64_t unscaled_ = 0;
};

// char(n): trailing blanks do not count.
class BlankPaddedOrder {
 public:
  explicit BlankPaddedOrder(const StringRef& constant)
      : constant_(constant), shown_(types::TrimTrailingBlanks(constant_.view())) {}
  int operator()(const StringRef& text) const {
    if (text == constant_) return 0;
    return types::TrimTrailingBlanks(text.view()).compare(shown_);
  }

 private:
  const StringRef constant_;
  const std::string_view shown_;
};

// A date column against a timestamp without time zone. The constant becomes a whole day once a batch: days
// are then compared with that of its midnight, or with the day it lies within.
class DayConjunct final : public Conjunct {
 public:
  DayConjunct(uint32_t column, Comparison comparison, const Expr& constant)
      : column_(column), comparison_(comparison), constant_(CompileNode(constant)) {}

  void Keep(EvaluationState& state, const Batch& input, std::vector<uint32_t>& rows) override {
    const Vector& constant = constant_->Evaluate(state, input);
    if (constant.IsNull(0)) {
      rows.clear();
      return;
    }
    const Days days = DaysOf(constant.Reader<int64_t>()[0]);
    const auto column = input.column(column_).Reader<int32_t>();
    const bool plain = column.is_flat() && column.validity == nullptr;
    uint32_t kept = 0;
    for (const uint32_t row : rows) {
      rows[kept] = row;
      const int64_t day = plain ? column.data[row] : column[row];
      const bool is_within = (day >= days.low) & (day <= days.high);
      kept += (plain || !column.IsNull(row)) & (is_within != days.is_outside) ? 1 : 0;
    }
    rows.resize(kept);
  }

 private:
  static constexpr int64_t kMicrosPerDay = 86'400'000'000;
  // The days that pass: those from low to high, or all others.
  struct Days {
    int64_t low = INT64_MIN;
    int64_t high = INT64_MAX;
    bool is_outside = false;
  };

  // A day whose midnight is not after a time within it is before that time.
  Days DaysOf(int64_t time) const {
    const bool is_infinite = time == INT64_MIN || time == INT64_MAX;
    const int64_t floor = time / kMicrosPerDay - (time % kMicrosPerDay < 0 ? 1 : 0);
    const int64_t day = is_infinite ? (time < 0 ? INT32_MIN : INT32_MAX) : floor;
    const bool is_whole = is_infinite || day * kMicrosPerDay == time;
    const int64_t from = is_whole ? day : day + 1;  // the first day not before the time
    switch (comparison_) {
      case Comparison::kLess: return {.high = from - 1};
      case Comparison::kLessEqual: return {.high = day};
      case Comparison::kGreater: return {.low = day + 1};
      case Comparison::kGreaterEqual: return {.low = from};
      default: return {from, day, comparison_ == Comparison::kNotEqual};  // empty unless it is whole
    }
  }

  const uint32_t column_;
  const Comparison comparison_;
  NodePtr constant_;
};

bool ComparesBytes(Oid collation, Comparison comparison) {
  constexpr Oid kDefaultCollation = 100, kC = 950, kPosix = 951;
  return comparison == Comparison::kEqual || comparison == Comparison::kNotEqual ||
         collation == kInvalidOid || collation == kDefaultCollation || collation == kC ||
         collation == kPosix;
}

// `date op timestamp`: null when `prosrc` is no such function.
std::unique_ptr<Conjunct> MakeDayConjunct(std::string_view prosrc, const FunctionExpr& function) {
  constexpr std::string_view kHead = "date_", kTail = "_timestamp";
  if (!prosrc.starts_with(kHead) || !prosrc.ends_with(kTail)) return nullptr;
  if (prosrc.size() < kHead.size() + kTail.size()) return nullptr;
  prosrc.remove_prefix(kHead.size());
  prosrc.remove_suffix(kTail.size());
  const std::optional<Comparison> comparison = ParseSuffix(prosrc);
  const Expr& column = *function.arguments[0];
  const Expr& constant = *function.arguments[1];
  if (!comparison || column.kind != ExprKind::kInput || !IsFixed(constant)) return nullptr;
  return std::make_unique<DayConjunct>(static_cast<const InputExpr&>(column).index, *comparison,
                                       constant);
}

}  // namespace

std::unique_ptr<Conjunct> MakeFastConjunct(const Expr& expr) {
  if (expr.kind != ExprKind::kFunction) return nullptr;
  const auto& function = static_cast<const FunctionExpr&>(expr);
  if (function.arguments.size() != 2 || function.call == nullptr) return nullptr;
  const facts::ProcFact* proc = facts::FindProc(function.call->function);
  if (proc == nullptr || proc->prolang != facts::kInternalLanguageOid) return nullptr;
  if (auto day = MakeDayConjunct(proc->prosrc, function)) return day;
  std::optional<Comparison> comparison = FastComparison(proc->prosrc);
  if (!comparison.has_value()) return nullptr;
  const Expr* column = function.arguments[0].get();
  const Expr* constant = function.arguments[1].get();
  if (column->kind != ExprKind::kInput) {
    std::swap(column, constant);
    comparison = Swapped(*comparison);
  }
  if (column->kind != ExprKind::kInput || !IsFixed(*constant)) return nullptr;
  const uint32_t index = static_cast<const InputExpr&>(*column).index;
  const bool is_oid = proc->prosrc.starts_with("oid");
  const bool is_float = proc->prosrc.starts_with("float");
  switch (column->type.physical) {
    case types::PhysicalType::kInt16:
      return std::make_unique<FastConjunct<int16_t, int64_t>>(index, *comparison, *constant);
    case types::PhysicalType::kInt32:
      if (is_oid) {
        return std::make_unique<FastConjunct<uint32_t, uint32_t>>(index, *comparison, *constant);
      }
      if (constant->type.physical == types::PhysicalType::kInt32) {
        return std::make_unique<FastConjunct<int32_t, int32_t>>(index, *comparison, *constant);
      }
      return std::make_unique<FastConjunct<int32_t, int64_t>>(index, *comparison, *constant);
    case types::PhysicalType::kInt64:
      return std::make_unique<FastConjunct<int64_t, int64_t>>(index, *comparison, *constant);
    case types::PhysicalType::kFloat32:
      return std::make_unique<FastConjunct<float, double>>(index, *comparison, *constant);
    case types::PhysicalType::kFloat64:
      return std::make_unique<FastConjunct<double, double>>(index, *comparison, *constant);
    case types::PhysicalType::kString:
      if (is_float || constant->type.physical != types::PhysicalType::kString ||
          !ComparesBytes(function.call->collation, *comparison)) {
        return nullptr;
      }
      if (proc->prosrc.starts_with("numeric")) {
        return std::make_unique<StringConjunct<NumericOrder>>(index, *comparison, *constant);
      }
      if (proc->prosrc.starts_with("bpchar")) {
        return std::make_unique<StringConjunct<BlankPaddedOrder>>(index, *comparison, *constant);
      }
      return std::make_unique<FastConjunct<StringRef, StringRef>>(index, *comparison, *constant);
    default:
      return nullptr;
  }
}

}  // namespace grizzly::expr
