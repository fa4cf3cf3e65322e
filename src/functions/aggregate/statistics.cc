// avg(float), stddev, variance, covariance, correlation, regression.
//
// Floats: Youngs and Cramer's updating sums, as PostgreSQL 12 and later. Integers and numeric: exact.
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "facts/procs.h"
#include "facts/types.h"
#include "functions/aggregate/aggregate_of.h"
#include "functions/aggregate/numeric_sum.h"
#include "functions/families.h"
#include "types/array.h"
#include "types/value_error.h"

namespace grizzly::functions {
namespace {

enum class Measure : uint8_t { kAverage, kVariancePop, kVarianceSample, kDeviationPop,
                               kDeviationSample };

constexpr bool IsSample(Measure measure) {
  return measure == Measure::kVarianceSample || measure == Measure::kDeviationSample;
}
constexpr bool IsDeviation(Measure measure) {
  return measure == Measure::kDeviationPop || measure == Measure::kDeviationSample;
}

// NumericSqrt rounds to digits of its own: rounded once more, it must not come out higher than the root itself.
StringRef RootOfSameScale(StringRef variance, Arena& arena) {
  Arena scratch;
  const int scale = types::NumericRef(variance).scale();
  const StringRef precise = types::NumericSqrt(variance, scratch);
  const StringRef root = types::NumericRound(precise, scale, scratch);
  const StringRef half = types::NumericFromInt128(5, scale + 1, scratch);
  const StringRef lower = types::NumericSubtract(root, half, scratch);
  const StringRef square = types::NumericMultiply(lower, lower, scratch);
  if (types::NumericCompare(square, variance) <= 0) return StringRef::Copy(root.view(), arena);
  const StringRef unit = types::NumericFromInt128(1, scale, scratch);
  return types::NumericSubtract(root, unit, arena);
}

// N, the sum, and the sum of squared differences from the mean.
struct Moments {
  double n = 0;
  double sum = 0;
  double squares = 0;

  void Add(double value) {
    const double before = n;
    const double sum_before = sum;
    n += 1;
    sum += value;
    if (before == 0) {
      if (std::isnan(value) || std::isinf(value)) squares = std::nan("");
      return;
    }
    const double difference = value * n - sum;
    squares += difference * difference / (n * before);
    if (!std::isinf(sum) && !std::isinf(squares)) return;
    if (!std::isinf(sum_before) && !std::isinf(value)) types::ThrowFloatOverflow();
    squares = std::nan("");
  }
  void Combine(const Moments& other) {
    if (other.n == 0) return;
    if (n == 0) {
      *this = other;
      return;
    }
    const double difference = sum / n - other.sum / other.n;
    const double total = n + other.n;
    squares += other.squares + n * other.n * difference * difference / total;
    sum += other.sum;
    n = total;
  }
};

template <typename T, Measure measure>
struct FloatMeasure {
  using Argument = T;
  Moments moments;

  void Add(const AggregateInput&, T value) { moments.Add(value); }
  void Combine(const AggregateInput&, const FloatMeasure& other) { moments.Combine(other.moments); }
  Datum Finish(FunctionContext&, const CallSite&) const {
    if (moments.n == 0 || (IsSample(measure) && moments.n <= 1)) return Datum::Null();
    if (measure == Measure::kAverage) return Datum::Of(moments.sum / moments.n);
    const double variance = moments.squares / (IsSample(measure) ? moments.n - 1 : moments.n);
    return Datum::Of(IsDeviation(measure) ? std::sqrt(variance) : variance);
  }
};

// ---- exact ----

template <typename T, Measure measure>
struct ExactMeasure {
  using Argument = T;
  NumericSum sum;
  NumericSum squares;
  int64_t count = 0;

  void Add(const AggregateInput& input, const T& value) {
    ++count;
    if constexpr (std::is_integral_v<T>) {
      const auto wide = static_cast<types::Int128>(value);
      sum.AddExact(wide, 0, *input.arena);
      squares.AddExact(wide * wide, 0, *input.arena);
    } else {
      sum.Add(value, *input.arena);
      Arena scratch;
      const StringRef square = types::NumericMultiply(value, value, scratch);
      squares.Add(square, *input.arena);
    }
  }
  void Combine(const AggregateInput& input, const ExactMeasure& other) {
    count += other.count;
    sum.Combine(other.sum, *input.arena);
    squares.Combine(other.squares, *input.arena);
  }

  // (N * sum of squares - square of sum) / (N * N or N * (N - 1))
  Datum Finish(FunctionContext& context, const CallSite&) const {
    if (count == 0 || (IsSample(measure) && count == 1)) return Datum::Null();
    if (sum.is_special()) return Datum::Of(types::NumericNan());
    Arena scratch;
    const StringRef n = types::NumericFromInt8(count, scratch);
    const StringRef total = sum.Total(scratch);
    const StringRef total_squares = squares.Total(scratch);
    const StringRef scaled_squares = types::NumericMultiply(n, total_squares, scratch);
    const StringRef squared_total = types::NumericMultiply(total, total, scratch);
    const StringRef numerator = types::NumericSubtract(scaled_squares, squared_total, scratch);
    if (types::NumericRef(numerator).sign() <= 0) {
      return Datum::Of(types::MakeSmallNumeric(0, 0));
    }
    const StringRef other = types::NumericFromInt8(IsSample(measure) ? count - 1 : count, scratch);
    const StringRef denominator = types::NumericMultiply(n, other, scratch);
    Arena& arena = ResultArena(context);
    const StringRef variance = types::NumericDivide(numerator, denominator, arena);
    if (!IsDeviation(measure)) return Datum::Of(variance);
    return Datum::Of(RootOfSameScale(variance, arena));
  }
};

// ---- two variables: (y, x) ----

enum class Regression : uint8_t {
  kCount, kSumXx, kSumYy, kSumXy, kAverageX, kAverageY, kR2, kSlope, kIntercept, kCovariancePop,
  kCovarianceSample, kCorrelation
};

struct RegressionSums {
  double n = 0, x = 0, xx = 0, y = 0, yy = 0, xy = 0;

  void Add(double new_y, double new_x) {
    const RegressionSums before = *this;
    n += 1;
    x += new_x;
    y += new_y;
    if (before.n == 0) {
      if (!std::isfinite(new_x)) xx = xy = std::nan("");
      if (!std::isfinite(new_y)) yy = xy = std::nan("");
      return;
    }
    const double dx = new_x * n - x;
    const double dy = new_y * n - y;
    const double scale = 1.0 / (n * before.n);
    xx += dx * dx * scale;
    yy += dy * dy * scale;
    xy += dx * dy * scale;
    CheckOverflow(before, new_y, new_x);
  }
  void CheckOverflow(const RegressionSums& before, double new_y, double new_x) {
    if (!std::isinf(x) && !std::isinf(xx) && !std::isinf(y) && !std::isinf(yy) &&
        !std::isinf(xy)) {
      return;
    }
    const bool x_was_finite = !std::isinf(before.x) && !std::isinf(new_x);
    const bool y_was_finite = !std::isinf(before.y) && !std::isinf(new_y);
    if (((std::isinf(x) || std::isinf(xx)) && x_was_finite) ||
        ((std::isinf(y) || std::isinf(yy)) && y_was_finite) ||
        (std::isinf(xy) && x_was_finite && y_was_finite)) {
      types::ThrowFloatOverflow();
    }
    if (std::isinf(xx)) xx = std::nan("");
    if (std::isinf(yy)) yy = std::nan("");
    if (std::isinf(xy)) xy = std::nan("");
  }
  void Combine(const RegressionSums& other) {
    if (other.n == 0) return;
    if (n == 0) {
      *this = other;
      return;
    }
    const double total = n + other.n;
    const double dx = x / n - other.x / other.n;
    const double dy = y / n - other.y / other.n;
    const double weight = n * other.n / total;
    xx += other.xx + weight * dx * dx;
    yy += other.yy + weight * dy * dy;
    xy += other.xy + weight * dx * dy;
    x += other.x;
    y += other.y;
    n = total;
  }
};

template <Regression regression>
struct RegressionMeasure {
  using Argument = double;
  using Second = double;
  RegressionSums s;

  void Add(const AggregateInput&, double y, double x) { s.Add(y, x); }
  void Combine(const AggregateInput&, const RegressionMeasure& other) { s.Combine(other.s); }
  Datum Finish(FunctionContext&, const CallSite&) const {
    if (regression == Regression::kCount) return Datum::Of(static_cast<int64_t>(s.n));
    if (s.n < 1) return Datum::Null();
    switch (regression) {
      case Regression::kSumXx: return Datum::Of(s.xx);
      case Regression::kSumYy: return Datum::Of(s.yy);
      case Regression::kSumXy: return Datum::Of(s.xy);
      case Regression::kAverageX: return Datum::Of(s.x / s.n);
      case Regression::kAverageY: return Datum::Of(s.y / s.n);
      case Regression::kCovariancePop: return Datum::Of(s.xy / s.n);
      case Regression::kCovarianceSample:
        return s.n < 2 ? Datum::Null() : Datum::Of(s.xy / (s.n - 1));
      case Regression::kCorrelation:
        if (s.xx == 0 || s.yy == 0) return Datum::Null();
        return Datum::Of(s.xy / std::sqrt(s.xx * s.yy));
      default: break;
    }
    if (s.xx == 0) return Datum::Null();
    if (regression == Regression::kR2) {
      return Datum::Of(s.yy == 0 ? 1.0 : (s.xy * s.xy) / (s.xx * s.yy));
    }
    if (regression == Regression::kSlope) return Datum::Of(s.xy / s.xx);
    return Datum::Of((s.y - s.x * s.xy / s.xx) / s.n);
  }
};

// ---- the states as float8[], for aggregates that users define ----

using View = std::string_view;

template <size_t count>
std::array<double, count> FromArray(View bytes, View function) {
  const types::ArrayRef array(bytes);
  if (array.dimension_count() != 1 || array.size() != count || array.has_nulls() ||
      array.element_oid() != facts::kFloat8Oid) {
    throw SqlError(SqlState::kInternalError,
                   fmt::format("{}: expected {}-element float8 array", function, count));
  }
  std::array<double, count> values{};
  for (uint32_t i = 0; i < count; ++i) values[i] = array.Value<double>(i);
  return values;
}
Datum ToArray(FunctionContext& context, std::span<const double> values) {
  types::ArrayBuilder array(facts::kFloat8Oid, types::PhysicalType::kFloat64);
  for (const double value : values) array.AddValue(value);
  return Datum::Of(array.Finish(*context.result_heap));
}

Moments MomentsOf(View bytes, View function) {
  const auto [n, sum, squares] = FromArray<3>(bytes, function);
  return {n, sum, squares};
}
Datum MomentsArray(FunctionContext& context, const Moments& m) {
  const double values[] = {m.n, m.sum, m.squares};
  return ToArray(context, values);
}
RegressionSums SumsOf(View bytes, View function) {
  const auto [n, x, xx, y, yy, xy] = FromArray<6>(bytes, function);
  return {n, x, xx, y, yy, xy};
}
Datum SumsArray(FunctionContext& context, const RegressionSums& s) {
  const double values[] = {s.n, s.x, s.xx, s.y, s.yy, s.xy};
  return ToArray(context, values);
}

Datum Accumulate(FunctionContext& context, View state, double value) {
  Moments moments = MomentsOf(state, "float8_accum");
  moments.Add(value);
  return MomentsArray(context, moments);
}
Datum AccumulateFloat4(FunctionContext& context, View state, float value) {
  Moments moments = MomentsOf(state, "float4_accum");
  moments.Add(static_cast<double>(value));
  return MomentsArray(context, moments);
}
Datum CombineMoments(FunctionContext& context, View a, View b) {
  Moments moments = MomentsOf(a, "float8_combine");
  moments.Combine(MomentsOf(b, "float8_combine"));
  return MomentsArray(context, moments);
}
Datum AccumulatePair(FunctionContext& context, View state, double y, double x) {
  RegressionSums sums = SumsOf(state, "float8_regr_accum");
  sums.Add(y, x);
  return SumsArray(context, sums);
}
Datum CombineSums(FunctionContext& context, View a, View b) {
  RegressionSums sums = SumsOf(a, "float8_regr_combine");
  sums.Combine(SumsOf(b, "float8_regr_combine"));
  return SumsArray(context, sums);
}
View NameOf(const CallSite& call) {
  const facts::ProcFact* function = facts::FindProc(call.function);
  return function == nullptr ? View() : function->proname;
}
template <Measure measure>
Datum FinishMoments(FunctionContext& context, const CallSite& call, View state) {
  return FloatMeasure<double, measure>{MomentsOf(state, NameOf(call))}.Finish(context, call);
}
template <Regression regression>
Datum FinishSums(FunctionContext& context, const CallSite& call, View state) {
  return RegressionMeasure<regression>{SumsOf(state, NameOf(call))}.Finish(context, call);
}

void AddStateFunctions(Registry& registry) {
  registry.AddScalar("float8_accum", Cold<&Accumulate>);
  registry.AddScalar("float4_accum", Cold<&AccumulateFloat4>);
  registry.AddScalar("float8_combine", Cold<&CombineMoments>);
  registry.AddScalar("float8_regr_accum", Cold<&AccumulatePair>);
  registry.AddScalar("float8_regr_combine", Cold<&CombineSums>);
  registry.AddScalar("float8_avg", Cold<&FinishMoments<Measure::kAverage>>);
  registry.AddScalar("float8_var_pop", Cold<&FinishMoments<Measure::kVariancePop>>);
  registry.AddScalar("float8_var_samp", Cold<&FinishMoments<Measure::kVarianceSample>>);
  registry.AddScalar("float8_stddev_pop", Cold<&FinishMoments<Measure::kDeviationPop>>);
  registry.AddScalar("float8_stddev_samp", Cold<&FinishMoments<Measure::kDeviationSample>>);
  registry.AddScalar("float8_regr_sxx", Cold<&FinishSums<Regression::kSumXx>>);
  registry.AddScalar("float8_regr_syy", Cold<&FinishSums<Regression::kSumYy>>);
  registry.AddScalar("float8_regr_sxy", Cold<&FinishSums<Regression::kSumXy>>);
  registry.AddScalar("float8_regr_avgx", Cold<&FinishSums<Regression::kAverageX>>);
  registry.AddScalar("float8_regr_avgy", Cold<&FinishSums<Regression::kAverageY>>);
  registry.AddScalar("float8_regr_r2", Cold<&FinishSums<Regression::kR2>>);
  registry.AddScalar("float8_regr_slope", Cold<&FinishSums<Regression::kSlope>>);
  registry.AddScalar("float8_regr_intercept", Cold<&FinishSums<Regression::kIntercept>>);
  registry.AddScalar("float8_covar_pop", Cold<&FinishSums<Regression::kCovariancePop>>);
  registry.AddScalar("float8_covar_samp", Cold<&FinishSums<Regression::kCovarianceSample>>);
  registry.AddScalar("float8_corr", Cold<&FinishSums<Regression::kCorrelation>>);
}

template <Measure measure>
void AddMeasure(Registry& registry, Oid int8, Oid int4, Oid int2, Oid float4, Oid float8,
                Oid numeric) {
  registry.AddAggregate(int8, AggregateOf<ExactMeasure<int64_t, measure>>());
  registry.AddAggregate(int4, AggregateOf<ExactMeasure<int32_t, measure>>());
  registry.AddAggregate(int2, AggregateOf<ExactMeasure<int16_t, measure>>());
  registry.AddAggregate(float4, AggregateOf<FloatMeasure<float, measure>>());
  registry.AddAggregate(float8, AggregateOf<FloatMeasure<double, measure>>());
  registry.AddAggregate(numeric, AggregateOf<ExactMeasure<StringRef, measure>>());
}

template <Regression regression>
void AddRegression(Registry& registry, Oid aggregate) {
  registry.AddAggregate(aggregate, AggregateOf<RegressionMeasure<regression>>());
}

}  // namespace

void RegisterStatistics(Registry& registry) {
  AddStateFunctions(registry);
  registry.AddAggregate(2104, AggregateOf<FloatMeasure<float, Measure::kAverage>>());
  registry.AddAggregate(2105, AggregateOf<FloatMeasure<double, Measure::kAverage>>());
  AddMeasure<Measure::kDeviationSample>(registry, 2154, 2155, 2156, 2157, 2158, 2159);
  AddMeasure<Measure::kDeviationPop>(registry, 2724, 2725, 2726, 2727, 2728, 2729);
  AddMeasure<Measure::kDeviationSample>(registry, 2712, 2713, 2714, 2715, 2716, 2717);
  AddMeasure<Measure::kVariancePop>(registry, 2718, 2719, 2720, 2721, 2722, 2723);
  AddMeasure<Measure::kVarianceSample>(registry, 2641, 2642, 2643, 2644, 2645, 2646);
  AddMeasure<Measure::kVarianceSample>(registry, 2148, 2149, 2150, 2151, 2152, 2153);
  AddRegression<Regression::kCount>(registry, 2818);
  AddRegression<Regression::kSumXx>(registry, 2819);
  AddRegression<Regression::kSumYy>(registry, 2820);
  AddRegression<Regression::kSumXy>(registry, 2821);
  AddRegression<Regression::kAverageX>(registry, 2822);
  AddRegression<Regression::kAverageY>(registry, 2823);
  AddRegression<Regression::kR2>(registry, 2824);
  AddRegression<Regression::kSlope>(registry, 2825);
  AddRegression<Regression::kIntercept>(registry, 2826);
  AddRegression<Regression::kCovariancePop>(registry, 2827);
  AddRegression<Regression::kCovarianceSample>(registry, 2828);
  AddRegression<Regression::kCorrelation>(registry, 2829);
}

}  // namespace grizzly::functions
