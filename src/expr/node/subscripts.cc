#include "expr/node/subscripts.h"

#include <algorithm>

#include "base/error/sql_error.h"
#include "types/array.h"

namespace grizzly::expr {
namespace {

using types::ArrayBuilder;
using types::ArrayDimension;
using types::ArrayRef;
using types::Datum;

[[noreturn]] void ThrowOutOfRange() {
  throw SqlError(SqlState::kArraySubscriptError, "array subscript out of range");
}

void CheckNoNulls(const Subscripts& subscripts) {
  for (const Subscript& subscript : subscripts) {
    if (!subscript.is_null) continue;
    throw SqlError(SqlState::kNullValueNotAllowed,
                   "array subscript in assignment must not be null");
  }
}

int64_t UpperBound(const ArrayDimension& dimension) {
  return int64_t{dimension.lower_bound} + dimension.length - 1;
}

// The row-major position, or nullopt outside.
std::optional<uint32_t> PositionOf(const ArrayRef& array, const Subscripts& subscripts) {
  uint64_t position = 0;
  for (size_t i = 0; i < subscripts.size(); ++i) {
    const ArrayDimension dimension = array.dimension(static_cast<int>(i));
    const int64_t at = int64_t{*subscripts[i].upper} - dimension.lower_bound;
    if (at < 0 || at >= dimension.length) return std::nullopt;
    position = position * static_cast<uint64_t>(dimension.length) + static_cast<uint64_t>(at);
  }
  return static_cast<uint32_t>(position);
}

// Calls `visit` with the row-major position of every element of the box, in order.
template <typename Visit>
void ForEachInBox(const std::vector<ArrayDimension>& dimensions, const std::vector<int64_t>& from,
                  const std::vector<int64_t>& to, Visit&& visit) {
  std::vector<int64_t> at = from;
  while (true) {
    uint64_t position = 0;
    for (size_t i = 0; i < dimensions.size(); ++i) {
      position = position * static_cast<uint64_t>(dimensions[i].length) +
                 static_cast<uint64_t>(at[i] - dimensions[i].lower_bound);
    }
    visit(static_cast<uint32_t>(position));
    size_t i = dimensions.size();
    while (i > 0 && at[i - 1] == to[i - 1]) {
      at[i - 1] = from[i - 1];
      --i;
    }
    if (i == 0) return;
    ++at[i - 1];
  }
}

}  // namespace

Datum FetchElement(const Datum& array, const Subscripts& subscripts) {
  const ArrayRef ref = ArrayRef::Of(array);
  for (const Subscript& subscript : subscripts) {
    if (subscript.is_null) return Datum::Null();
  }
  if (ref.dimension_count() != static_cast<int>(subscripts.size())) return Datum::Null();
  const std::optional<uint32_t> position = PositionOf(ref, subscripts);
  return position.has_value() ? ref.Get(*position) : Datum::Null();
}

Datum FetchSlice(const Datum& array, const Subscripts& subscripts, Arena& arena) {
  const ArrayRef ref = ArrayRef::Of(array);
  for (const Subscript& subscript : subscripts) {
    if (subscript.is_null) return Datum::Null();
  }
  const auto empty = [&] {
    return Datum::Of(types::EmptyArray(ref.element_oid(), ref.physical(), arena));
  };
  const std::vector<ArrayDimension> dimensions = ref.dimensions();
  if (dimensions.empty() || dimensions.size() < subscripts.size()) return empty();
  std::vector<int64_t> from, to;
  std::vector<ArrayDimension> sliced;
  for (size_t i = 0; i < dimensions.size(); ++i) {
    int64_t low = dimensions[i].lower_bound;
    int64_t high = UpperBound(dimensions[i]);
    if (i < subscripts.size()) {
      if (subscripts[i].lower.has_value()) low = std::max<int64_t>(low, *subscripts[i].lower);
      if (subscripts[i].upper.has_value()) high = std::min<int64_t>(high, *subscripts[i].upper);
    }
    if (low > high) return empty();
    from.push_back(low);
    to.push_back(high);
    sliced.push_back({static_cast<int32_t>(high - low + 1), 1});
  }
  ArrayBuilder builder(ref.element_oid(), ref.physical());
  ForEachInBox(dimensions, from, to, [&](uint32_t position) { builder.Add(ref.Get(position)); });
  return Datum::Of(builder.Finish(arena, sliced));
}

Datum AssignElement(const Datum& array, const Subscripts& subscripts, const Datum& value,
                    const types::SqlType& element, Arena& arena) {
  CheckNoNulls(subscripts);
  if (array.is_null() || ArrayRef::Of(array).dimension_count() == 0) {
    ArrayBuilder builder(element);
    builder.Add(value);
    std::vector<ArrayDimension> dimensions;
    for (const Subscript& subscript : subscripts) dimensions.push_back({1, *subscript.upper});
    return Datum::Of(builder.Finish(arena, dimensions));
  }
  const ArrayRef ref = ArrayRef::Of(array);
  if (ref.dimension_count() != static_cast<int>(subscripts.size())) {
    throw SqlError(SqlState::kArraySubscriptError, "wrong number of array subscripts");
  }
  std::vector<ArrayDimension> dimensions = ref.dimensions();
  ArrayBuilder builder(ref.element_oid(), ref.physical());
  const std::optional<uint32_t> position = PositionOf(ref, subscripts);
  if (position.has_value()) {
    for (uint32_t i = 0; i < ref.size(); ++i) builder.Add(i == *position ? value : ref.Get(i));
    return Datum::Of(builder.Finish(arena, dimensions));
  }
  // Only a list grows, at either end, with NULLs in between.
  if (dimensions.size() != 1) ThrowOutOfRange();
  const int64_t index = *subscripts[0].upper;
  const int64_t low = std::min<int64_t>(index, dimensions[0].lower_bound);
  const int64_t high = std::max<int64_t>(index, UpperBound(dimensions[0]));
  if (high - low + 1 > types::kArrayElementsMax) {
    throw SqlError(SqlState::kProgramLimitExceeded,
                   "array size exceeds the maximum allowed (134217727)");
  }
  for (int64_t i = low; i <= high; ++i) {
    const int64_t at = i - dimensions[0].lower_bound;
    if (i == index) {
      builder.Add(value);
    } else if (at >= 0 && at < dimensions[0].length) {
      builder.Add(ref.Get(static_cast<uint32_t>(at)));
    } else {
      builder.AddNull();
    }
  }
  dimensions[0] = {static_cast<int32_t>(high - low + 1), static_cast<int32_t>(low)};
  return Datum::Of(builder.Finish(arena, dimensions));
}

Datum AssignSlice(const Datum& array, const Subscripts& subscripts, const Datum& value,
                  const types::SqlType& element, Arena& arena) {
  CheckNoNulls(subscripts);
  // A NULL source leaves the array as it is.
  if (value.is_null()) return array;
  const ArrayRef source = ArrayRef::Of(value);
  const bool is_new = array.is_null() || ArrayRef::Of(array).dimension_count() == 0;
  if (subscripts.size() != 1 || (!is_new && ArrayRef::Of(array).dimension_count() != 1)) {
    ThrowNotSupported("assignment to a slice of a multidimensional array");
  }
  const Subscript& bounds = subscripts[0];
  if (is_new && (!bounds.lower.has_value() || !bounds.upper.has_value())) {
    throw SqlError(SqlState::kArraySubscriptError, "array slice subscript must provide both boundaries")
        .Detail("When assigning to a slice of an empty array value, slice boundaries must be fully "
                "specified.");
  }
  const ArrayDimension old =
      is_new ? ArrayDimension{0, *bounds.lower} : ArrayRef::Of(array).dimension(0);
  const int64_t from = bounds.lower.value_or(old.lower_bound);
  const int64_t to = bounds.upper.has_value() ? int64_t{*bounds.upper} : UpperBound(old);
  if (from > to) ThrowOutOfRange();
  if (source.size() < to - from + 1) {
    throw SqlError(SqlState::kArraySubscriptError, "source array too small");
  }
  const int64_t low = is_new ? from : std::min<int64_t>(from, old.lower_bound);
  const int64_t high = is_new ? to : std::max<int64_t>(to, UpperBound(old));
  ArrayBuilder builder(element.oid == kInvalidOid ? source.element_oid() : element.oid,
                       source.physical());
  for (int64_t i = low; i <= high; ++i) {
    const int64_t at = i - old.lower_bound;
    if (i >= from && i <= to) {
      builder.Add(source.Get(static_cast<uint32_t>(i - from)));
    } else if (!is_new && at >= 0 && at < old.length) {
      builder.Add(ArrayRef::Of(array).Get(static_cast<uint32_t>(at)));
    } else {
      builder.AddNull();
    }
  }
  return Datum::Of(builder.Finish(arena, static_cast<int32_t>(low)));
}

}  // namespace grizzly::expr
