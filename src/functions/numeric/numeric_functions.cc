// numeric: arithmetic, comparison, rounding, casts. The work is done in types/numeric; here are the
// short ways for small values of one scale, which is what a column usually holds.
#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/numeric/numeric_blocks.h"
#include "types/numeric.h"

namespace grizzly::functions {
namespace {

using types::NumericRef;

// Both small and of one scale: then their unscaled integers decide.
bool IsAlikeSmall(NumericRef a, NumericRef b) {
  return a.is_small() && b.is_small() && a.scale() == b.scale();
}

// Both small: their unscaled integers at the larger of their scales, where an int64 holds them.
bool AlignSmall(NumericRef a, NumericRef b, int64_t* left, int64_t* right, int* scale) {
  if (!a.is_small() || !b.is_small()) return false;
  *left = a.small_value();
  *right = b.small_value();
  const int difference = a.scale() - b.scale();
  *scale = difference > 0 ? a.scale() : b.scale();
  if (difference == 0) return true;
  constexpr int kInt64Digits = 18;
  if (difference > kInt64Digits || difference < -kInt64Digits) return false;
  int64_t& coarser = difference > 0 ? *right : *left;
  const auto power = static_cast<int64_t>(
      types::kInt128PowersOfTen[static_cast<size_t>(difference > 0 ? difference : -difference)]);
  return !__builtin_mul_overflow(coarser, power, &coarser);
}

StringRef Add(FunctionContext& context, const StringRef& a, const StringRef& b) {
  const NumericRef x(a), y(b);
  int64_t left, right, sum;
  int scale;
  if (AlignSmall(x, y, &left, &right, &scale) && !__builtin_add_overflow(left, right, &sum) &&
      types::FitsSmallNumeric(sum)) {
    return types::MakeSmallNumeric(sum, scale);
  }
  return types::NumericAdd(x, y, *context.result_heap);
}
StringRef Subtract(FunctionContext& context, const StringRef& a, const StringRef& b) {
  const NumericRef x(a), y(b);
  int64_t left, right, difference;
  int scale;
  if (AlignSmall(x, y, &left, &right, &scale) &&
      !__builtin_sub_overflow(left, right, &difference) && types::FitsSmallNumeric(difference)) {
    return types::MakeSmallNumeric(difference, scale);
  }
  return types::NumericSubtract(x, y, *context.result_heap);
}
StringRef Multiply(FunctionContext& context, const StringRef& a, const StringRef& b) {
  const NumericRef x(a), y(b);
  if (x.is_small() && y.is_small() && x.scale() + y.scale() <= types::kNumericSmallScaleMax) {
    int64_t product;
    if (!__builtin_mul_overflow(x.small_value(), y.small_value(), &product) &&
        types::FitsSmallNumeric(product)) {
      return types::MakeSmallNumeric(product, x.scale() + y.scale());
    }
  }
  return types::NumericMultiply(x, y, *context.result_heap);
}

int Compare(const StringRef& a, const StringRef& b) {
  const NumericRef x(a), y(b);
  if (IsAlikeSmall(x, y)) {
    return x.small_value() < y.small_value() ? -1 : (x.small_value() > y.small_value() ? 1 : 0);
  }
  return types::NumericCompare(x, y);
}
bool Equal(const StringRef& a, const StringRef& b) { return a == b || Compare(a, b) == 0; }
bool NotEqual(const StringRef& a, const StringRef& b) { return !Equal(a, b); }
bool Less(const StringRef& a, const StringRef& b) { return Compare(a, b) < 0; }
bool LessEqual(const StringRef& a, const StringRef& b) { return Compare(a, b) <= 0; }
bool Greater(const StringRef& a, const StringRef& b) { return Compare(a, b) > 0; }
bool GreaterEqual(const StringRef& a, const StringRef& b) { return Compare(a, b) >= 0; }
int32_t ThreeWay(const StringRef& a, const StringRef& b) { return Compare(a, b); }
StringRef Larger(const StringRef& a, const StringRef& b) { return Compare(a, b) > 0 ? a : b; }
StringRef Smaller(const StringRef& a, const StringRef& b) { return Compare(a, b) < 0 ? a : b; }

template <StringRef (*F)(NumericRef, NumericRef, Arena&)>
StringRef Binary(FunctionContext& context, const StringRef& a, const StringRef& b) {
  return F(a, b, *context.result_heap);
}
template <StringRef (*F)(NumericRef, Arena&)>
StringRef Unary(FunctionContext& context, const StringRef& a) {
  return F(a, *context.result_heap);
}
template <StringRef (*F)(NumericRef, int32_t, Arena&)>
StringRef WithInteger(FunctionContext& context, const StringRef& a, int32_t b) {
  return F(a, b, *context.result_heap);
}

StringRef Same(const StringRef& a) { return a; }
StringRef Sign(const StringRef& a) { return types::NumericSign(a); }
StringRef Increment(FunctionContext& context, const StringRef& a) {
  const StringRef one = types::MakeSmallNumeric(1, 0);
  return types::NumericAdd(a, one, *context.result_heap);
}
std::optional<int32_t> Scale(const StringRef& a) {
  const NumericRef value(a);
  return value.is_special() ? std::nullopt : std::optional<int32_t>(value.scale());
}
std::optional<int32_t> MinScale(const StringRef& a) {
  const NumericRef value(a);
  return value.is_special() ? std::nullopt : std::optional<int32_t>(types::NumericMinScale(value));
}
StringRef Factorial(FunctionContext& context, int64_t n) {
  return types::NumericFactorial(n, *context.result_heap);
}
int32_t WidthBucket(const StringRef& operand, const StringRef& low, const StringRef& high,
                    int32_t count) {
  return types::NumericWidthBucket(operand, low, high, count);
}

template <typename T>
StringRef FromInteger(FunctionContext& context, T value) {
  return types::NumericFromInt8(value, *context.result_heap);
}
StringRef FromFloat8(FunctionContext& context, double value) {
  return types::NumericFromFloat8(value, *context.result_heap);
}
StringRef FromFloat4(FunctionContext& context, float value) {
  return types::NumericFromFloat4(value, *context.result_heap);
}
template <auto F>
auto To(const StringRef& value) {
  return F(value);
}

void AddComparisons(Registry& registry) {
  registry.AddScalar("numeric_eq", Scalar<&Equal>);
  registry.AddScalar("numeric_ne", Scalar<&NotEqual>);
  registry.AddScalar("numeric_lt", Scalar<&Less>);
  registry.AddScalar("numeric_le", Scalar<&LessEqual>);
  registry.AddScalar("numeric_gt", Scalar<&Greater>);
  registry.AddScalar("numeric_ge", Scalar<&GreaterEqual>);
  registry.AddScalar("numeric_cmp", Cold<&ThreeWay>);
  registry.AddScalar("numeric_larger", Cold<&Larger>);
  registry.AddScalar("numeric_smaller", Cold<&Smaller>);
}

void AddCasts(Registry& registry) {
  registry.AddScalar("int2_numeric", Cold<&FromInteger<int16_t>>);
  registry.AddScalar("int4_numeric", Scalar<&FromInteger<int32_t>>);
  registry.AddScalar("int8_numeric", Scalar<&FromInteger<int64_t>>);
  registry.AddScalar("float8_numeric", Cold<&FromFloat8>);
  registry.AddScalar("float4_numeric", Cold<&FromFloat4>);
  registry.AddScalar("numeric_int2", Cold<&To<&types::NumericToInt2>>);
  registry.AddScalar("numeric_int4", Cold<&To<&types::NumericToInt4>>);
  registry.AddScalar("numeric_int8", Cold<&To<&types::NumericToInt8>>);
  registry.AddScalar("numeric_float8", Scalar<&To<&types::NumericToFloat8>>);
  registry.AddScalar("numeric_float4", Cold<&To<&types::NumericToFloat4>>);
}

}  // namespace

void RegisterNumerics(Registry& registry) {
  registry.AddScalar("numeric_add", NumericBlock<NumericOperation::kAdd, Scalar<&Add>>);
  registry.AddScalar("numeric_sub", NumericBlock<NumericOperation::kSubtract, Scalar<&Subtract>>);
  registry.AddScalar("numeric_mul", NumericBlock<NumericOperation::kMultiply, Scalar<&Multiply>>);
  registry.AddScalar("numeric_div", Scalar<&Binary<&types::NumericDivide>>);
  registry.AddScalar("numeric_div_trunc", Cold<&Binary<&types::NumericDivideTruncated>>);
  registry.AddScalar("numeric_mod", Cold<&Binary<&types::NumericModulo>>);
  registry.AddScalar("numeric_uminus", Cold<&Unary<&types::NumericNegate>>);
  registry.AddScalar("numeric_uplus", Cold<&Same>);
  registry.AddScalar("numeric_abs", Cold<&Unary<&types::NumericAbs>>);
  registry.AddScalar("numeric_sign", Cold<&Sign>);
  registry.AddScalar("numeric_inc", Cold<&Increment>);
  registry.AddScalar("numeric_round", Cold<&WithInteger<&types::NumericRound>>);
  registry.AddScalar("numeric_trunc", Cold<&WithInteger<&types::NumericTruncate>>);
  registry.AddScalar("numeric_ceil", Cold<&Unary<&types::NumericCeil>>);
  registry.AddScalar("numeric_floor", Cold<&Unary<&types::NumericFloor>>);
  registry.AddScalar("numeric", Cold<&WithInteger<&types::ApplyNumericTypmod>>);
  registry.AddScalar("numeric_scale", Cold<&Scale>);
  registry.AddScalar("numeric_min_scale", Cold<&MinScale>);
  registry.AddScalar("numeric_trim_scale", Cold<&Unary<&types::NumericTrimScale>>);
  registry.AddScalar("numeric_sqrt", Cold<&Unary<&types::NumericSqrt>>);
  registry.AddScalar("numeric_exp", Cold<&Unary<&types::NumericExp>>);
  registry.AddScalar("numeric_ln", Cold<&Unary<&types::NumericLn>>);
  registry.AddScalar("numeric_log", Cold<&Binary<&types::NumericLog>>);
  registry.AddScalar("numeric_power", Cold<&Binary<&types::NumericPower>>);
  registry.AddScalar("numeric_gcd", Cold<&Binary<&types::NumericGcd>>);
  registry.AddScalar("numeric_lcm", Cold<&Binary<&types::NumericLcm>>);
  registry.AddScalar("numeric_fac", Cold<&Factorial>);
  registry.AddScalar("width_bucket_numeric", Cold<&WidthBucket>);
  AddComparisons(registry);
  AddCasts(registry);
}

}  // namespace grizzly::functions
