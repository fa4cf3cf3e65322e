// The order of floats in SQL: NaN equals NaN and is above everything else.
#pragma once

#include <cmath>

namespace grizzly::functions {

template <typename A, typename B>
inline bool FloatEqual(A a, B b) {
  return std::isnan(a) ? std::isnan(b) : a == b;
}
template <typename A, typename B>
inline bool FloatLess(A a, B b) {
  return std::isnan(b) ? !std::isnan(a) : a < b;
}
template <typename A, typename B>
inline int CompareFloats(A a, B b) {
  return FloatLess(a, b) ? -1 : (FloatEqual(a, b) ? 0 : 1);
}

}  // namespace grizzly::functions
