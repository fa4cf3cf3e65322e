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

namespace {

[[noreturn]] void ThrowSubscript(const char* message) {
  throw SqlError(SqlState::kArraySubscriptError, message);
}

// The part of each dimension that is assigned to.
struct Box {
  std::vector<int64_t> from, to;
  uint64_t size() const {
    uint64_t elements = 1;
    for (size_t i = 0; i < from.size(); ++i) elements *= static_cast<uint64_t>(to[i] - from[i] + 1);
    return elements;
  }
};

// An array without elements takes the slice's own bounds.
Datum AssignToEmpty(const Subscripts& subscripts, const ArrayRef& source, Arena& arena) {
  std::vector<ArrayDimension> dimensions;
  for (const Subscript& subscript : subscripts) {
    if (!subscript.lower.has_value() || !subscript.upper.has_value()) {
      throw SqlError(SqlState::kArraySubscriptError,
                     "array slice subscript must provide both boundaries")
          .Detail("When assigning to a slice of an empty array value, slice boundaries must be "
                  "fully specified.");
    }
    const int64_t length = int64_t{*subscript.upper} - *subscript.lower + 1;
    if (length < 0) ThrowSubscript("upper bound cannot be less than lower bound");
    if (length > types::kArrayElementsMax) {
      throw SqlError(SqlState::kProgramLimitExceeded,
                     "array size exceeds the maximum allowed (134217727)");
    }
    dimensions.push_back({static_cast<int32_t>(length), *subscript.lower});
  }
  const int64_t wanted = types::ArrayElementCount(dimensions);
  if (wanted > source.size()) ThrowSubscript("source array too small");
  ArrayBuilder builder(source.element_oid(), source.physical());
  for (uint32_t i = 0; i < wanted; ++i) builder.Add(source.Get(i));
  return Datum::Of(builder.Finish(arena, dimensions));
}

Box BoxOf(const std::vector<ArrayDimension>& dimensions, const Subscripts& subscripts) {
  Box box;
  for (size_t i = 0; i < dimensions.size(); ++i) {
    int64_t from = dimensions[i].lower_bound;
    int64_t to = UpperBound(dimensions[i]);
    if (i < subscripts.size()) {
      from = subscripts[i].lower.value_or(static_cast<int32_t>(from));
      to = subscripts[i].upper.value_or(static_cast<int32_t>(to));
      if (from > to) ThrowSubscript("upper bound cannot be less than lower bound");
      // Only a list grows.
      const bool is_inside = from >= dimensions[i].lower_bound && to <= UpperBound(dimensions[i]);
      if (dimensions.size() > 1 && !is_inside) ThrowOutOfRange();
    }
    box.from.push_back(from);
    box.to.push_back(to);
  }
  return box;
}

Datum AssignToList(const ArrayRef& array, const Box& box, const ArrayRef& source, Arena& arena) {
  const ArrayDimension old = array.dimension(0);
  const int64_t low = std::min<int64_t>(box.from[0], old.lower_bound);
  const int64_t high = std::max<int64_t>(box.to[0], UpperBound(old));
  if (high - low + 1 > types::kArrayElementsMax) {
    throw SqlError(SqlState::kProgramLimitExceeded,
                   "array size exceeds the maximum allowed (134217727)");
  }
  ArrayBuilder builder(array.element_oid(), array.physical());
  for (int64_t i = low; i <= high; ++i) {
    const int64_t at = i - old.lower_bound;
    if (i >= box.from[0] && i <= box.to[0]) {
      builder.Add(source.Get(static_cast<uint32_t>(i - box.from[0])));
    } else if (at >= 0 && at < old.length) {
      builder.Add(array.Get(static_cast<uint32_t>(at)));
    } else {
      builder.AddNull();
    }
  }
  return Datum::Of(builder.Finish(arena, static_cast<int32_t>(low)));
}

}  // namespace

Datum AssignSlice(const Datum& array, const Subscripts& subscripts, const Datum& value,
                  const types::SqlType&, Arena& arena) {
  CheckNoNulls(subscripts);
  // A NULL source leaves the array as it is.
  if (value.is_null()) return array;
  const ArrayRef source = ArrayRef::Of(value);
  if (array.is_null() || ArrayRef::Of(array).dimension_count() == 0) {
    return AssignToEmpty(subscripts, source, arena);
  }
  const ArrayRef target = ArrayRef::Of(array);
  const std::vector<ArrayDimension> dimensions = target.dimensions();
  if (dimensions.size() < subscripts.size()) ThrowSubscript("wrong number of array subscripts");
  const Box box = BoxOf(dimensions, subscripts);
  if (box.size() > source.size()) ThrowSubscript("source array too small");
  if (dimensions.size() == 1) return AssignToList(target, box, source, arena);
  std::vector<uint32_t> replaced;
  ForEachInBox(dimensions, box.from, box.to,
               [&](uint32_t position) { replaced.push_back(position); });
  ArrayBuilder builder(target.element_oid(), target.physical());
  size_t next = 0;
  for (uint32_t i = 0; i < target.size(); ++i) {
    const bool is_replaced = next < replaced.size() && replaced[next] == i;
    builder.Add(is_replaced ? source.Get(static_cast<uint32_t>(next++)) : target.Get(i));
  }
  return Datum::Of(builder.Finish(arena, dimensions));
}

}  // namespace grizzly::expr
