// Arithmetic of float4 and float8.
//
// ERRORS  22003 value out of range: overflow / underflow, 22012 division by zero. A result that is
//         infinite from finite operands overflowed; one that is zero from non-zero ones underflowed.
#include <cmath>

#include "functions/families.h"
#include "functions/kernel.h"
#include "functions/math/float_order.h"
#include "types/value_error.h"

namespace grizzly::functions {
namespace {

template <typename R, typename A, typename B>
R Add(A a, B b) {
  const R result = static_cast<R>(a) + static_cast<R>(b);
  if (std::isinf(result) && !std::isinf(a) && !std::isinf(b)) types::ThrowFloatOverflow();
  return result;
}
template <typename R, typename A, typename B>
R Subtract(A a, B b) {
  const R result = static_cast<R>(a) - static_cast<R>(b);
  if (std::isinf(result) && !std::isinf(a) && !std::isinf(b)) types::ThrowFloatOverflow();
  return result;
}
template <typename R, typename A, typename B>
R Multiply(A a, B b) {
  const R result = static_cast<R>(a) * static_cast<R>(b);
  if (std::isinf(result) && !std::isinf(a) && !std::isinf(b)) types::ThrowFloatOverflow();
  if (result == 0 && a != 0 && b != 0) types::ThrowFloatUnderflow();
  return result;
}
template <typename R, typename A, typename B>
R Divide(A a, B b) {
  if (b == 0 && !std::isnan(a)) types::ThrowDivisionByZero();
  const R result = static_cast<R>(a) / static_cast<R>(b);
  if (std::isinf(result) && !std::isinf(a)) types::ThrowFloatOverflow();
  if (result == 0 && a != 0 && !std::isinf(b)) types::ThrowFloatUnderflow();
  return result;
}

template <typename T> T Negate(T a) { return -a; }
template <typename T> T Same(T a) { return a; }
template <typename T> T Abs(T a) { return std::fabs(a); }
template <typename T> T Larger(T a, T b) { return FloatLess(b, a) ? a : b; }
template <typename T> T Smaller(T a, T b) { return FloatLess(a, b) ? a : b; }

template <typename A, typename B>
void AddArithmetic(Registry& registry, const std::string& name) {
  using R = std::conditional_t<(sizeof(A) > sizeof(B)), A, B>;
  registry.AddScalar(name + "pl", Scalar<&Add<R, A, B>>);
  registry.AddScalar(name + "mi", Scalar<&Subtract<R, A, B>>);
  registry.AddScalar(name + "mul", Scalar<&Multiply<R, A, B>>);
  registry.AddScalar(name + "div", Scalar<&Divide<R, A, B>>);
}

template <typename T>
void AddUnary(Registry& registry, const std::string& name) {
  registry.AddScalar(name + "um", Scalar<&Negate<T>>);
  registry.AddScalar(name + "up", Scalar<&Same<T>>);
  registry.AddScalar(name + "abs", Scalar<&Abs<T>>);
  registry.AddScalar(name + "larger", Scalar<&Larger<T>>);
  registry.AddScalar(name + "smaller", Scalar<&Smaller<T>>);
}

}  // namespace

void RegisterFloats(Registry& registry) {
  AddArithmetic<float, float>(registry, "float4");
  AddArithmetic<double, double>(registry, "float8");
  AddArithmetic<float, double>(registry, "float48");
  AddArithmetic<double, float>(registry, "float84");
  AddUnary<float>(registry, "float4");
  AddUnary<double>(registry, "float8");
}

}  // namespace grizzly::functions
