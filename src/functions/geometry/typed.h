// Functions over shapes as kernels over their bytes: Geometric<&F> for a plain C++ function.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "functions/geometry/shapes.h"
#include "functions/kernel.h"

namespace grizzly::functions::geometry {

template <typename T>
inline constexpr bool kIsShape = !std::is_arithmetic_v<T>;

template <typename T>
T FromBytes(std::string_view bytes) {
  if constexpr (std::is_same_v<T, Polygon>) {
    return {types::ReadPoints(bytes)};
  } else if constexpr (std::is_same_v<T, Path>) {
    return types::ReadPath(bytes);
  } else {
    return types::ReadGeometry<T>(bytes);
  }
}

template <typename T>
std::string ToBytes(const T& shape) {
  if constexpr (std::is_same_v<T, Polygon>) {
    return types::PointsBytes(shape.points);
  } else if constexpr (std::is_same_v<T, Path>) {
    return types::PathBytes(shape);
  } else {
    return types::GeometryBytes(shape);
  }
}

template <typename T>
T ReadShape(const Datum& value) {
  if constexpr (kIsShape<T>) {
    return FromBytes<T>(value.AsString());
  } else {
    return value.As<T>();
  }
}

template <typename R>
Datum WriteShape(FunctionContext& context, const R& result) {
  if constexpr (kernel::OptionalOf<R>::kIsOptional) {
    return result.has_value() ? WriteShape(context, *result) : Datum::Null();
  } else if constexpr (kIsShape<R>) {
    return Datum::OfString(ToBytes(result), *context.result_heap);
  } else {
    return Datum::Of(result);
  }
}

template <auto F, typename Signature = decltype(F)>
struct ShapeCall;
template <auto F, typename R, typename... A>
struct ShapeCall<F, R (*)(A...)> {
  template <size_t... I>
  static Datum Invoke(std::index_sequence<I...>, FunctionContext& context,
                      std::span<const Datum> values) {
    return WriteShape<R>(context, F(ReadShape<std::remove_cvref_t<A>>(values[I])...));
  }
  static Datum Call(FunctionContext& context, const CallSite&, std::span<const Datum> values) {
    return Invoke(std::make_index_sequence<sizeof...(A)>(), context, values);
  }
};

template <auto F>
inline constexpr ScalarKernel Geometric = &Datums<&ShapeCall<F>::Call>;

}  // namespace grizzly::functions::geometry
