#include "functions/kernel.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error/check.h"

namespace grizzly::functions::kernel {
namespace {

// pg_proc allows 100 arguments; VARIADIC "any" calls pass each one.
constexpr size_t kArgumentsMax = 128;

void AndDictionary(const Vector& argument, uint32_t row_count, uint64_t* words) {
  for (uint32_t row = 0; row < row_count; ++row) {
    if (argument.IsNull(row)) words[row >> 6] &= ~(uint64_t{1} << (row & 63));
  }
}

void StoreDatum(const Datum& value, uint32_t row, char* out, uint32_t width, Vector& result) {
  if (value.is_null()) {
    result.SetNull(row);
  } else {
    std::memcpy(out + static_cast<size_t>(row) * width, value.payload(), width);
  }
}

}  // namespace

bool AllConstant(Arguments arguments) {
  return std::all_of(arguments.begin(), arguments.end(), [](const Vector* argument) {
    return argument->kind() == VectorKind::kConstant;
  });
}

const uint64_t* MergeValidity(Arguments arguments, uint32_t row_count, Vector& result) {
  uint64_t* words = nullptr;
  for (const Vector* argument : arguments) {
    if (!argument->MayHaveNulls()) continue;
    if (argument->kind() == VectorKind::kConstant) {
      if (!argument->IsNull(0)) continue;
      result.SetAllNull(row_count);
      return result.validity();
    }
    if (words == nullptr) words = result.MutableValidity();
    if (argument->kind() == VectorKind::kFlat) {
      const uint64_t* other = argument->validity();
      for (uint32_t i = 0; i < (row_count + 63) / 64; ++i) words[i] &= other[i];
    } else {
      AndDictionary(*argument, row_count, words);
    }
  }
  return words;
}

void RunDatums(DatumFunction function, Calling calling, FunctionContext& context,
               const CallSite& call, Arguments arguments, uint32_t row_count, Vector& result) {
  GRIZZLY_CHECK(arguments.size() <= kArgumentsMax);
  const bool per_row = calling == Calling::kPerRow || calling == Calling::kPerRowNullable;
  const bool strict = calling == Calling::kStrict || calling == Calling::kPerRow;
  const bool constant = !per_row && AllConstant(arguments);
  const uint32_t rows = constant ? 1 : row_count;
  const uint64_t* validity = strict ? MergeValidity(arguments, rows, result) : nullptr;
  const uint32_t width = types::PhysicalWidth(result.physical());
  char* out = result.Data<char>();
  std::array<Datum, kArgumentsMax> values;
  auto compute = [&](uint32_t row) {
    for (size_t i = 0; i < arguments.size(); ++i) values[i] = arguments[i]->GetDatum(row);
    StoreDatum(function(context, call, std::span<const Datum>(values.data(), arguments.size())),
               row, out, width, result);
  };
  if (validity == nullptr) {
    for (uint32_t row = 0; row < rows; ++row) compute(row);
  } else {
    ForEachValid(validity, rows, compute);
  }
  if (constant) result.MakeConstant();
}

}  // namespace grizzly::functions::kernel
