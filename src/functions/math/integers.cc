// Arithmetic of int2, int4 and int8.
//
// ERRORS  22003 smallint / integer / bigint out of range, 22012 division by zero
#include <limits>
#include <numeric>

#include "functions/families.h"
#include "functions/kernel.h"
#include "types/value_error.h"

namespace grizzly::functions {
namespace {

template <typename T>
[[noreturn]] void ThrowOutOfRange() {
  types::ThrowTypeOutOfRange(sizeof(T) == 2 ? "smallint" : (sizeof(T) == 4 ? "integer" : "bigint"));
}

// Wide enough to hold any result of two narrower operands; these loops have no branches.
template <typename R, typename A, typename B>
bool Add(A a, B b, R& result) {
  if constexpr (sizeof(R) < 8) {
    const int64_t wide = static_cast<int64_t>(a) + b;
    result = static_cast<R>(wide);
    return wide != result;
  } else {
    const uint64_t x = static_cast<uint64_t>(static_cast<int64_t>(a));
    const uint64_t y = static_cast<uint64_t>(static_cast<int64_t>(b));
    const uint64_t sum = x + y;
    result = static_cast<int64_t>(sum);
    return static_cast<int64_t>((x ^ sum) & (y ^ sum)) < 0;
  }
}

template <typename R, typename A, typename B>
bool Subtract(A a, B b, R& result) {
  if constexpr (sizeof(R) < 8) {
    const int64_t wide = static_cast<int64_t>(a) - b;
    result = static_cast<R>(wide);
    return wide != result;
  } else {
    const uint64_t x = static_cast<uint64_t>(static_cast<int64_t>(a));
    const uint64_t y = static_cast<uint64_t>(static_cast<int64_t>(b));
    const uint64_t difference = x - y;
    result = static_cast<int64_t>(difference);
    return static_cast<int64_t>((x ^ y) & (x ^ difference)) < 0;
  }
}

template <typename R, typename A, typename B>
bool Multiply(A a, B b, R& result) {
  if constexpr (sizeof(R) < 8) {
    const int64_t wide = static_cast<int64_t>(a) * b;
    result = static_cast<R>(wide);
    return wide != result;
  } else {
    return __builtin_mul_overflow(a, b, &result);
  }
}

template <typename R, typename A, typename B>
R Divide(A a, B b) {
  if (b == 0) types::ThrowDivisionByZero();
  if (b == -1) {
    R negated;
    if (Subtract<R, int, A>(0, a, negated)) ThrowOutOfRange<R>();
    return negated;
  }
  return static_cast<R>(a / b);
}

template <typename T>
T Modulo(T a, T b) {
  if (b == 0) types::ThrowDivisionByZero();
  return b == -1 ? 0 : static_cast<T>(a % b);
}

template <typename T>
bool Negate(T a, T& result) {
  return Subtract<T, int, T>(0, a, result);
}
template <typename T>
bool Abs(T a, T& result) {
  result = a;
  return a < 0 && Negate(a, result);
}
template <typename T>
bool Increment(T a, T& result) {
  return Add<T, T, int>(a, 1, result);
}
template <typename T>
T Same(T a) {
  return a;
}

template <typename T>
T GreatestDivisor(T a, T b) {
  // In negatives, so that the smallest integer has an absolute value.
  T x = a > 0 ? static_cast<T>(-a) : a;
  T y = b > 0 ? static_cast<T>(-b) : b;
  while (y != 0) {
    const T rest = y == -1 ? 0 : static_cast<T>(x % y);
    x = y;
    y = rest;
  }
  if (x == std::numeric_limits<T>::min()) ThrowOutOfRange<T>();
  return static_cast<T>(-x);
}

template <typename T>
T LeastMultiple(T a, T b) {
  if (a == 0 || b == 0) return 0;
  const T divisor = GreatestDivisor(a, b);
  T product;
  if (Multiply<T, T, T>(static_cast<T>(a / divisor), b, product)) ThrowOutOfRange<T>();
  if (product == std::numeric_limits<T>::min()) ThrowOutOfRange<T>();
  return product < 0 ? static_cast<T>(-product) : product;
}

template <typename T>
T BitAnd(T a, T b) { return static_cast<T>(a & b); }
template <typename T>
T BitOr(T a, T b) { return static_cast<T>(a | b); }
template <typename T>
T BitXor(T a, T b) { return static_cast<T>(a ^ b); }
template <typename T>
T BitNot(T a) { return static_cast<T>(~a); }
// Counts wrap at the machine's width, as they do in PostgreSQL on this architecture.
template <typename T>
T ShiftLeft(T a, int32_t count) {
  constexpr int kMask = sizeof(T) == 8 ? 63 : 31;
  return static_cast<T>(static_cast<uint64_t>(static_cast<int64_t>(a)) << (count & kMask));
}
template <typename T>
T ShiftRight(T a, int32_t count) {
  constexpr int kMask = sizeof(T) == 8 ? 63 : 31;
  return static_cast<T>(static_cast<int64_t>(a) >> (count & kMask));
}
template <typename T>
T Larger(T a, T b) { return a > b ? a : b; }
template <typename T>
T Smaller(T a, T b) { return a < b ? a : b; }

template <typename A, typename B>
void AddArithmetic(Registry& registry, const std::string& name) {
  using R = std::conditional_t<(sizeof(A) > sizeof(B)), A, B>;
  registry.AddScalar(name + "pl", Checked<&Add<R, A, B>, &ThrowOutOfRange<R>>);
  registry.AddScalar(name + "mi", Checked<&Subtract<R, A, B>, &ThrowOutOfRange<R>>);
  registry.AddScalar(name + "mul", Checked<&Multiply<R, A, B>, &ThrowOutOfRange<R>>);
  registry.AddScalar(name + "div", Scalar<&Divide<R, A, B>>);
}

template <typename T>
void AddUnary(Registry& registry, const std::string& name) {
  registry.AddScalar(name + "um", Checked<&Negate<T>, &ThrowOutOfRange<T>>);
  registry.AddScalar(name + "abs", Checked<&Abs<T>, &ThrowOutOfRange<T>>);
  registry.AddScalar(name + "inc", Checked<&Increment<T>, &ThrowOutOfRange<T>>);
  registry.AddScalar(name + "up", Scalar<&Same<T>>);
  registry.AddScalar(name + "mod", Scalar<&Modulo<T>>);
  registry.AddScalar(name + "and", Total<&BitAnd<T>>);
  registry.AddScalar(name + "or", Total<&BitOr<T>>);
  registry.AddScalar(name + "xor", Total<&BitXor<T>>);
  registry.AddScalar(name + "not", Scalar<&BitNot<T>>);
  registry.AddScalar(name + "shl", Scalar<&ShiftLeft<T>>);
  registry.AddScalar(name + "shr", Scalar<&ShiftRight<T>>);
  registry.AddScalar(name + "larger", Total<&Larger<T>>);
  registry.AddScalar(name + "smaller", Total<&Smaller<T>>);
  registry.AddScalar(name + "gcd", Cold<&GreatestDivisor<T>>);
  registry.AddScalar(name + "lcm", Cold<&LeastMultiple<T>>);
}

}  // namespace

void RegisterIntegers(Registry& registry) {
  AddArithmetic<int16_t, int16_t>(registry, "int2");
  AddArithmetic<int32_t, int32_t>(registry, "int4");
  AddArithmetic<int64_t, int64_t>(registry, "int8");
  AddArithmetic<int16_t, int32_t>(registry, "int24");
  AddArithmetic<int32_t, int16_t>(registry, "int42");
  AddArithmetic<int16_t, int64_t>(registry, "int28");
  AddArithmetic<int64_t, int16_t>(registry, "int82");
  AddArithmetic<int32_t, int64_t>(registry, "int48");
  AddArithmetic<int64_t, int32_t>(registry, "int84");
  AddUnary<int16_t>(registry, "int2");
  AddUnary<int32_t>(registry, "int4");
  AddUnary<int64_t>(registry, "int8");
  registry.AddScalar("oidlarger", Total<&Larger<uint32_t>>);
  registry.AddScalar("oidsmaller", Total<&Smaller<uint32_t>>);
}

}  // namespace grizzly::functions
