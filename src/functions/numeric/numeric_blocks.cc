#include "functions/numeric/numeric_blocks.h"

#include <algorithm>
#include <bit>

#include "types/string_words.h"

namespace grizzly::functions {
namespace {

// Results stay below 2^59, and so below the limit of small numerics, 10^18.
constexpr int kResultBits = 59;
constexpr uint32_t kBlockRowsMin = 16;  // fewer are not worth the preparation
static_assert((int64_t{1} << kResultBits) < types::kNumericSmallLimit);

// The unscaled integers of one side.
struct DecimalSide {
  int64_t values[types::kBatchRowsMax];
  int scale = 0;
  int bits = 0;  // of the greatest magnitude
  bool is_constant = false;
};

int BitsOf(uint64_t magnitudes) { return 64 - std::countl_zero(magnitudes); }

// Values by `at(row)`; false: not all are small and of one scale.
template <typename At>
bool TakeOut(uint32_t rows, const At& at, DecimalSide& side) {
  const uint64_t common = types::WordsOf(at(0)).head & types::kSmallNumericHeadMask;
  side.scale = static_cast<int>(common >> 40);
  if (common != types::SmallNumericHead(side.scale)) return false;
  uint64_t differing = 0, magnitudes = 0;
  for (uint32_t row = 0; row < rows; ++row) {
    const types::StringWords words = types::WordsOf(at(row));
    const int64_t value = types::SmallNumericValue(words);
    differing |= words.head ^ common;
    magnitudes |= static_cast<uint64_t>(value ^ (value >> 63));
    side.values[row] = value;
  }
  side.bits = BitsOf(magnitudes);
  return (differing & types::kSmallNumericHeadMask) == 0;
}

bool TakeOut(const Vector& vector, uint32_t rows, DecimalSide& side) {
  const auto reader = vector.Reader<StringRef>();
  side.is_constant = reader.constant;
  const StringRef* const data = reader.data;
  if (reader.constant) return TakeOut(1, [&](uint32_t) -> const StringRef& { return *data; }, side);
  if (reader.is_flat()) {
    return TakeOut(rows, [&](uint32_t row) -> const StringRef& { return data[row]; }, side);
  }
  const uint32_t* const selection = reader.selection;
  return TakeOut(rows, [&](uint32_t row) -> const StringRef& { return data[selection[row]]; }, side);
}

// To a larger scale; false when the values might not fit.
bool ScaleUp(DecimalSide& side, uint32_t rows, int scale) {
  const int places = scale - side.scale;
  if (places == 0) return true;
  constexpr int kPlacesMax = 17;
  if (places > kPlacesMax) return false;
  const auto power = static_cast<int64_t>(types::kInt128PowersOfTen[static_cast<size_t>(places)]);
  side.bits += BitsOf(static_cast<uint64_t>(power));
  if (side.bits >= kResultBits) return false;
  const uint32_t count = side.is_constant ? 1 : rows;
  for (uint32_t row = 0; row < count; ++row) side.values[row] *= power;
  side.scale = scale;
  return true;
}

template <typename Operation>
void Compute(const DecimalSide& left, const DecimalSide& right, uint32_t rows, int scale, Operation operation,
             Vector& result) {
  StringRef* const out = result.Data<StringRef>();
  const auto put = [&](uint32_t row, int64_t a, int64_t b) {
    out[row] = types::SmallNumericOf(operation(a, b), scale);
  };
  if (left.is_constant) {
    for (uint32_t row = 0; row < rows; ++row) put(row, left.values[0], right.values[row]);
  } else if (right.is_constant) {
    for (uint32_t row = 0; row < rows; ++row) put(row, left.values[row], right.values[0]);
  } else {
    for (uint32_t row = 0; row < rows; ++row) put(row, left.values[row], right.values[row]);
  }
}

bool MultiplySides(const DecimalSide& left, const DecimalSide& right, uint32_t rows, Vector& result) {
  const int scale = left.scale + right.scale;
  if (left.bits + right.bits >= kResultBits || scale > types::kNumericSmallScaleMax) return false;
  Compute(left, right, rows, scale, [](int64_t a, int64_t b) { return a * b; }, result);
  return true;
}

}  // namespace

bool ComputeNumericBlock(NumericOperation operation, const Vector& left, const Vector& right,
                         uint32_t row_count, Vector& result) {
  if (row_count < kBlockRowsMin || left.MayHaveNulls() || right.MayHaveNulls() ||
      (left.kind() == VectorKind::kConstant && right.kind() == VectorKind::kConstant)) {
    return false;
  }
  DecimalSide a, b;
  if (!TakeOut(left, row_count, a) || !TakeOut(right, row_count, b)) return false;
  if (operation == NumericOperation::kMultiply) return MultiplySides(a, b, row_count, result);
  const int scale = std::max(a.scale, b.scale);
  if (!ScaleUp(a, row_count, scale) || !ScaleUp(b, row_count, scale)) return false;
  if (std::max(a.bits, b.bits) >= kResultBits - 1) return false;
  if (operation == NumericOperation::kAdd) {
    Compute(a, b, row_count, scale, [](int64_t x, int64_t y) { return x + y; }, result);
  } else {
    Compute(a, b, row_count, scale, [](int64_t x, int64_t y) { return x - y; }, result);
  }
  return true;
}

}  // namespace grizzly::functions
