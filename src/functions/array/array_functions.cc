// Arrays: their shape, comparison, search, and building new ones from old.
//
// ERRORS  22000 / 2202E as PostgreSQL has them
#include "functions/array/array_functions.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error/sql_error.h"
#include "functions/families.h"
#include "functions/kernel.h"
#include "types/array.h"
#include "types/compare.h"

namespace grizzly::functions {

using types::ArrayBuilder;
using types::ArrayDimension;
using types::ArrayRef;

types::SqlType ElementTypeOf(const ArrayRef& array) {
  return {array.element_oid(), types::kNoTypmod, kInvalidOid, array.physical()};
}

types::CompareFunction RequireCompare(const types::SqlType& type) {
  const types::CompareFunction compare = types::FindCompare(type);
  if (compare == nullptr) {
    throw SqlError(SqlState::kUndefinedFunction,
                   "could not identify a comparison function for the element type");
  }
  return compare;
}

namespace {

using View = std::string_view;

// ---- shape ----

int32_t Cardinality(View array) { return static_cast<int32_t>(ArrayRef(array).size()); }
std::optional<int32_t> Ndims(View array) {
  const int dimensions = ArrayRef(array).dimension_count();
  return dimensions == 0 ? std::nullopt : std::optional<int32_t>(dimensions);
}
Datum Dims(FunctionContext& context, View array) {
  const ArrayRef ref(array);
  if (ref.dimension_count() == 0) return Datum::Null();
  std::string text;
  for (const ArrayDimension& d : ref.dimensions()) {
    text += fmt::format("[{}:{}]", d.lower_bound, int64_t{d.lower_bound} + d.length - 1);
  }
  return Datum::OfString(text, *context.result_heap);
}
const ArrayDimension* DimensionOf(const std::vector<ArrayDimension>& dimensions, int32_t number) {
  const bool exists = number >= 1 && static_cast<size_t>(number) <= dimensions.size();
  return exists ? &dimensions[static_cast<size_t>(number) - 1] : nullptr;
}
Datum Length(View array, int32_t number) {
  const auto dimensions = ArrayRef(array).dimensions();
  const ArrayDimension* d = DimensionOf(dimensions, number);
  return d == nullptr ? Datum::Null() : Datum::Of(d->length);
}
Datum Lower(View array, int32_t number) {
  const auto dimensions = ArrayRef(array).dimensions();
  const ArrayDimension* d = DimensionOf(dimensions, number);
  return d == nullptr ? Datum::Null() : Datum::Of(d->lower_bound);
}
Datum Upper(View array, int32_t number) {
  const auto dimensions = ArrayRef(array).dimensions();
  const ArrayDimension* d = DimensionOf(dimensions, number);
  return d == nullptr ? Datum::Null() : Datum::Of(d->lower_bound + d->length - 1);
}

// ---- order ----

int Compare(const CallSite& call, const Datum& a, const Datum& b) {
  types::SqlType type = call.argument_types.at(0);
  type.physical = types::PhysicalType::kString;
  const types::CompareFunction compare = types::FindCompare(type);
  if (compare == nullptr) ThrowNotSupported("comparison of these arrays");
  return compare(a, b, call.collation);
}
bool Equal(const CallSite& call, const Datum& a, const Datum& b) { return Compare(call, a, b) == 0; }
bool NotEqual(const CallSite& call, const Datum& a, const Datum& b) {
  return Compare(call, a, b) != 0;
}
bool Less(const CallSite& call, const Datum& a, const Datum& b) { return Compare(call, a, b) < 0; }
bool LessEqual(const CallSite& call, const Datum& a, const Datum& b) {
  return Compare(call, a, b) <= 0;
}
bool Greater(const CallSite& call, const Datum& a, const Datum& b) {
  return Compare(call, a, b) > 0;
}
bool GreaterEqual(const CallSite& call, const Datum& a, const Datum& b) {
  return Compare(call, a, b) >= 0;
}
int32_t ThreeWay(const CallSite& call, const Datum& a, const Datum& b) {
  const int order = Compare(call, a, b);
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}
Datum Larger(const CallSite& call, const Datum& a, const Datum& b) {
  return Compare(call, a, b) > 0 ? a : b;
}
Datum Smaller(const CallSite& call, const Datum& a, const Datum& b) {
  return Compare(call, a, b) < 0 ? a : b;
}

// ---- sets of elements; NULLs match nothing ----

bool HasElement(const ArrayRef& array, const Datum& wanted, types::CompareFunction compare,
                Oid collation) {
  for (uint32_t i = 0; i < array.size(); ++i) {
    if (!array.IsNull(i) && compare(array.Get(i), wanted, collation) == 0) return true;
  }
  return false;
}
bool ContainsAll(const CallSite& call, View outer, View inner) {
  const ArrayRef a(outer), b(inner);
  if (b.size() == 0) return true;
  const types::CompareFunction compare = RequireCompare(ElementTypeOf(a.size() == 0 ? b : a));
  for (uint32_t i = 0; i < b.size(); ++i) {
    if (b.IsNull(i) || !HasElement(a, b.Get(i), compare, call.collation)) return false;
  }
  return true;
}
bool Contained(const CallSite& call, View inner, View outer) {
  return ContainsAll(call, outer, inner);
}
bool Overlap(const CallSite& call, View first, View second) {
  const ArrayRef a(first), b(second);
  if (a.size() == 0 || b.size() == 0) return false;
  const types::CompareFunction compare = RequireCompare(ElementTypeOf(a));
  for (uint32_t i = 0; i < b.size(); ++i) {
    if (!b.IsNull(i) && HasElement(a, b.Get(i), compare, call.collation)) return true;
  }
  return false;
}

// ---- searching ----

void RequireList(const ArrayRef& array, const char* message) {
  if (array.dimension_count() > 1) throw SqlError(SqlState::kFeatureNotSupported, message);
}

bool SameElement(const Datum& a, const Datum& b, types::CompareFunction compare, Oid collation) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  return compare(a, b, collation) == 0;
}

bool HasNull(const ArrayRef& array) {
  bool found = false;
  for (uint32_t i = 0; i < array.size(); ++i) found = found || array.IsNull(i);
  return found;
}

// `first`: where to begin; null: at the first element. It is looked at only if there is something to search.
Datum PositionFrom(const CallSite& call, std::span<const Datum> values, const Datum* first) {
  if (values[0].is_null()) return Datum::Null();
  const ArrayRef array = ArrayRef::Of(values[0]);
  RequireList(array, "searching for elements in multidimensional arrays is not supported");
  if (array.size() == 0) return Datum::Null();
  if (values[1].is_null() && !HasNull(array)) return Datum::Null();
  if (first != nullptr && first->is_null()) {
    throw SqlError(SqlState::kNullValueNotAllowed, "initial position must not be null");
  }
  const int64_t start =
      first == nullptr ? std::numeric_limits<int64_t>::min() : int64_t{first->As<int32_t>()};
  const types::CompareFunction compare = RequireCompare(ElementTypeOf(array));
  const int32_t lower = array.dimension(0).lower_bound;
  for (uint32_t i = 0; i < array.size(); ++i) {
    if (int64_t{lower} + i < start) continue;
    if (SameElement(array.Get(i), values[1], compare, call.collation)) {
      return Datum::Of(static_cast<int32_t>(lower + static_cast<int64_t>(i)));
    }
  }
  return Datum::Null();
}
Datum Position(FunctionContext&, const CallSite& call, std::span<const Datum> values) {
  return PositionFrom(call, values, nullptr);
}
Datum PositionStart(FunctionContext&, const CallSite& call, std::span<const Datum> values) {
  return PositionFrom(call, values, &values[2]);
}
Datum Positions(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  if (values[0].is_null()) return Datum::Null();
  const ArrayRef array = ArrayRef::Of(values[0]);
  RequireList(array, "searching for elements in multidimensional arrays is not supported");
  ArrayBuilder found(23, types::PhysicalType::kInt32);
  if (array.size() > 0) {
    const types::CompareFunction compare = RequireCompare(ElementTypeOf(array));
    for (uint32_t i = 0; i < array.size(); ++i) {
      if (!SameElement(array.Get(i), values[1], compare, call.collation)) continue;
      found.AddValue(static_cast<int32_t>(array.dimension(0).lower_bound + static_cast<int64_t>(i)));
    }
  }
  return Datum::Of(found.Finish(*context.result_heap));
}

// ---- building ----

// The element type a polymorphic call has, when there is no array to ask.
types::SqlType ElementArgument(const CallSite& call, size_t index) {
  return call.argument_types.at(index);
}

// Where a list ends; throws for more dimensions.
void RequireOneDimension(const ArrayRef& array) {
  if (array.dimension_count() > 1) {
    throw SqlError(SqlState::kDataException, "argument must be empty or one-dimensional array");
  }
}

Datum Append(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  ArrayBuilder builder(ElementArgument(call, 1));
  int32_t lower = 1;
  if (!values[0].is_null()) {
    const ArrayRef array = ArrayRef::Of(values[0]);
    RequireOneDimension(array);
    for (uint32_t i = 0; i < array.size(); ++i) builder.Add(array.Get(i));
    if (array.size() > 0) lower = array.dimension(0).lower_bound;
  }
  int32_t ignored;
  if (__builtin_add_overflow(lower, static_cast<int32_t>(builder.size()), &ignored)) {
    throw SqlError(SqlState::kNumericValueOutOfRange, "integer out of range");
  }
  builder.Add(values[1]);
  return Datum::Of(builder.Finish(*context.result_heap, lower));
}

Datum Prepend(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  ArrayBuilder builder(ElementArgument(call, 0));
  builder.Add(values[0]);
  int32_t lower = 1;
  if (!values[1].is_null()) {
    const ArrayRef array = ArrayRef::Of(values[1]);
    RequireOneDimension(array);
    for (uint32_t i = 0; i < array.size(); ++i) builder.Add(array.Get(i));
    if (array.size() > 0) lower = array.dimension(0).lower_bound;
  }
  return Datum::Of(builder.Finish(*context.result_heap, lower));
}

[[noreturn]] void ThrowIncompatible(std::string detail) {
  throw SqlError(SqlState::kArraySubscriptError, "cannot concatenate incompatible arrays")
      .Detail(std::move(detail));
}

// a || b: elements side by side, or a row appended to, or put before, a list of rows.
Datum Concat(FunctionContext& context, const CallSite&, std::span<const Datum> values) {
  if (values[0].is_null()) return values[1];
  if (values[1].is_null()) return values[0];
  const ArrayRef a = ArrayRef::Of(values[0]);
  const ArrayRef b = ArrayRef::Of(values[1]);
  if (a.dimension_count() == 0) return values[1];
  if (b.dimension_count() == 0) return values[0];
  std::vector<ArrayDimension> first = a.dimensions();
  std::vector<ArrayDimension> second = b.dimensions();
  const auto depth_a = static_cast<int64_t>(first.size());
  const auto depth_b = static_cast<int64_t>(second.size());
  if (depth_a - depth_b > 1 || depth_b - depth_a > 1) {
    ThrowIncompatible(fmt::format(
        "Arrays of {} and {} dimensions are not compatible for concatenation.", depth_a, depth_b));
  }
  std::vector<ArrayDimension> shape;
  bool fits;
  if (depth_a == depth_b) {
    shape = first;
    shape[0].length += second[0].length;
    fits = std::equal(first.begin() + 1, first.end(), second.begin() + 1);
  } else if (depth_a > depth_b) {
    shape = first;
    shape[0].length += 1;
    fits = std::equal(first.begin() + 1, first.end(), second.begin());
  } else {
    shape = second;
    shape[0].length += 1;
    fits = std::equal(second.begin() + 1, second.end(), first.begin());
  }
  if (!fits) {
    ThrowIncompatible(depth_a == depth_b
                          ? "Arrays with differing element dimensions are not compatible for "
                            "concatenation."
                          : "Arrays with differing dimensions are not compatible for "
                            "concatenation.");
  }
  ArrayBuilder builder(a.element_oid(), a.physical());
  for (uint32_t i = 0; i < a.size(); ++i) builder.Add(a.Get(i));
  for (uint32_t i = 0; i < b.size(); ++i) builder.Add(b.Get(i));
  return Datum::Of(builder.Finish(*context.result_heap, shape));
}

Datum Remove(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  if (values[0].is_null()) return Datum::Null();
  const ArrayRef array = ArrayRef::Of(values[0]);
  RequireList(array, "removing elements from multidimensional arrays is not supported");
  if (array.size() == 0) return values[0];
  const types::CompareFunction compare = RequireCompare(ElementTypeOf(array));
  ArrayBuilder builder(array.element_oid(), array.physical());
  for (uint32_t i = 0; i < array.size(); ++i) {
    const Datum element = array.Get(i);
    if (!SameElement(element, values[1], compare, call.collation)) builder.Add(element);
  }
  if (builder.size() == array.size()) return values[0];
  return Datum::Of(builder.Finish(*context.result_heap, array.dimension(0).lower_bound));
}

Datum Replace(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  if (values[0].is_null()) return Datum::Null();
  const ArrayRef array = ArrayRef::Of(values[0]);
  if (array.size() == 0) return values[0];
  const types::CompareFunction compare = RequireCompare(ElementTypeOf(array));
  ArrayBuilder builder(array.element_oid(), array.physical());
  for (uint32_t i = 0; i < array.size(); ++i) {
    const Datum element = array.Get(i);
    builder.Add(SameElement(element, values[1], compare, call.collation) ? values[2] : element);
  }
  return Datum::Of(builder.Finish(*context.result_heap, array.dimensions()));
}

Datum Trim(FunctionContext& context, View array, int32_t count) {
  const ArrayRef ref(array);
  const int32_t length = ref.dimension_count() > 0 ? ref.dimension(0).length : 0;
  if (count < 0 || count > length) {
    throw SqlError(SqlState::kArrayElementError,
                   fmt::format("number of elements to trim must be between 0 and {}", length));
  }
  ArrayBuilder builder(ref.element_oid(), ref.physical());
  std::vector<ArrayDimension> shape = ref.dimensions();
  if (shape.empty() || count == length) {
    return Datum::Of(builder.Finish(*context.result_heap));
  }
  const uint32_t per_row = ref.size() / static_cast<uint32_t>(length);
  shape[0].length -= count;
  for (ArrayDimension& dimension : shape) dimension.lower_bound = 1;
  for (uint32_t i = 0; i < per_row * static_cast<uint32_t>(shape[0].length); ++i) {
    builder.Add(ref.Get(i));
  }
  return Datum::Of(builder.Finish(*context.result_heap, shape));
}

// array_fill(value, lengths [, lower bounds])
Datum Fill(FunctionContext& context, const CallSite& call, std::span<const Datum> values) {
  if (values[1].is_null() || (values.size() > 2 && values[2].is_null())) {
    throw SqlError(SqlState::kNullValueNotAllowed,
                   "dimension array or low bound array cannot be null");
  }
  auto read = [](const Datum& datum, const char* range_message) {
    const ArrayRef array = ArrayRef::Of(datum);
    if (array.dimension_count() > 1) {
      throw SqlError(SqlState::kArraySubscriptError, "wrong number of array subscripts")
          .Detail(range_message);
    }
    if (array.has_nulls()) {
      throw SqlError(SqlState::kNullValueNotAllowed, "dimension values cannot be null");
    }
    std::vector<int32_t> numbers;
    for (uint32_t i = 0; i < array.size(); ++i) numbers.push_back(array.Value<int32_t>(i));
    return numbers;
  };
  const auto lengths = read(values[1], "Dimension array must be one dimensional.");
  const auto bounds = values.size() > 2
                          ? read(values[2], "Dimension array must be one dimensional.")
                          : std::vector<int32_t>(lengths.size(), 1);
  if (lengths.size() > types::kArrayDimensionsMax) {
    throw SqlError(SqlState::kProgramLimitExceeded,
                   fmt::format("number of array dimensions ({}) exceeds the maximum allowed ({})",
                               lengths.size(), types::kArrayDimensionsMax));
  }
  if (bounds.size() != lengths.size()) {
    throw SqlError(SqlState::kArraySubscriptError, "wrong number of array subscripts")
        .Detail("Low bound array has different size than dimensions array.");
  }
  std::vector<ArrayDimension> shape;
  for (size_t i = 0; i < lengths.size(); ++i) shape.push_back({lengths[i], bounds[i]});
  ArrayBuilder builder(ElementArgument(call, 0));
  if (shape.empty()) return Datum::Of(builder.Finish(*context.result_heap));
  if (std::any_of(lengths.begin(), lengths.end(), [](int32_t length) { return length < 0; })) {
    throw SqlError(SqlState::kProgramLimitExceeded,
                   fmt::format("array size exceeds the maximum allowed ({})",
                               types::kArrayElementsMax));
  }
  const int64_t count = types::ArrayElementCount(shape);
  if (count == 0) return Datum::Of(builder.Finish(*context.result_heap));
  for (int64_t i = 0; i < count; ++i) builder.Add(values[0]);
  return Datum::Of(builder.Finish(*context.result_heap, shape));
}

void AddOrder(Registry& registry) {
  registry.AddScalar("array_eq", Cold<&Equal>);
  registry.AddScalar("array_ne", Cold<&NotEqual>);
  registry.AddScalar("array_lt", Cold<&Less>);
  registry.AddScalar("array_le", Cold<&LessEqual>);
  registry.AddScalar("array_gt", Cold<&Greater>);
  registry.AddScalar("array_ge", Cold<&GreaterEqual>);
  registry.AddScalar("btarraycmp", Cold<&ThreeWay>);
  registry.AddScalar("array_larger", Cold<&Larger>);
  registry.AddScalar("array_smaller", Cold<&Smaller>);
  for (const char* name : {"oidvectoreq", "oidvectorne", "oidvectorlt", "oidvectorle",
                           "oidvectorgt", "oidvectorge"}) {
    const std::string_view suffix = std::string_view(name).substr(9);
    registry.AddScalar(name, suffix == "eq"   ? Cold<&Equal>
                             : suffix == "ne" ? Cold<&NotEqual>
                             : suffix == "lt" ? Cold<&Less>
                             : suffix == "le" ? Cold<&LessEqual>
                             : suffix == "gt" ? Cold<&Greater>
                                              : Cold<&GreaterEqual>);
  }
}

// How many of the thresholds, which ascend, the operand has reached.
int32_t WidthBucket(const CallSite& call, Datum operand, View thresholds) {
  const ArrayRef array(thresholds);
  if (array.dimension_count() > 1) {
    throw SqlError(SqlState::kArraySubscriptError, "thresholds must be one-dimensional array");
  }
  if (array.has_nulls()) {
    throw SqlError(SqlState::kNullValueNotAllowed, "thresholds array must not contain NULLs");
  }
  const types::CompareFunction compare = types::FindCompare(call.argument_types.at(0));
  if (compare == nullptr) {
    throw SqlError(SqlState::kUndefinedFunction,
                   "could not identify a comparison function for the type of the operand");
  }
  uint32_t low = 0;
  uint32_t high = array.size();
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (compare(operand, array.Get(middle), call.collation) < 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return static_cast<int32_t>(low);
}

void AddShape(Registry& registry) {
  registry.AddScalar("array_cardinality", Cold<&Cardinality>);
  registry.AddScalar("array_length", Cold<&Length>);
  registry.AddScalar("array_lower", Cold<&Lower>);
  registry.AddScalar("array_upper", Cold<&Upper>);
  registry.AddScalar("array_dims", Cold<&Dims>);
  registry.AddScalar("array_ndims", Cold<&Ndims>);
}

}  // namespace

void RegisterArrays(Registry& registry) {
  AddShape(registry);
  AddOrder(registry);
  registry.AddScalar("arraycontains", Cold<&ContainsAll>);
  registry.AddScalar("arraycontained", Cold<&Contained>);
  registry.AddScalar("arrayoverlap", Cold<&Overlap>);
  registry.AddScalar("array_position", DatumsNullable<&Position>);
  registry.AddScalar("array_position_start", DatumsNullable<&PositionStart>);
  registry.AddScalar("array_positions", DatumsNullable<&Positions>);
  registry.AddScalar("array_append", DatumsNullable<&Append>);
  registry.AddScalar("array_prepend", DatumsNullable<&Prepend>);
  registry.AddScalar("array_cat", DatumsNullable<&Concat>);
  registry.AddScalar("array_remove", DatumsNullable<&Remove>);
  registry.AddScalar("array_replace", DatumsNullable<&Replace>);
  registry.AddScalar("trim_array", Cold<&Trim>);
  registry.AddScalar("width_bucket_array", Cold<&WidthBucket>);
  registry.AddScalar("array_fill", DatumsNullable<&Fill>);
  registry.AddScalar("array_fill_with_lower_bounds", DatumsNullable<&Fill>);
}

}  // namespace grizzly::functions
