#include "types/array.h"

#include <fmt/format.h>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "facts/types.h"

namespace grizzly::types {
namespace {

constexpr size_t kHeaderBytes = 8;

[[noreturn]] void ThrowTooManyElements() {
  throw SqlError(SqlState::kProgramLimitExceeded,
                 fmt::format("array size exceeds the maximum allowed ({})", kArrayElementsMax));
}

}  // namespace

ArrayRef::ArrayRef(std::string_view bytes) : bytes_(bytes) {
  const int dimensions = dimension_count();
  const char* at = bytes_.data() + kHeaderBytes + 8 * dimensions;
  size_ = dimensions == 0 ? 0 : 1;
  for (int i = 0; i < dimensions; ++i) size_ *= static_cast<uint32_t>(dimension(i).length);
  if (has_nulls()) {
    bitmap_ = at;
    at += (size_ + 7) / 8;
  }
  values_ = at;
}

std::vector<ArrayDimension> ArrayRef::dimensions() const {
  std::vector<ArrayDimension> all;
  for (int i = 0; i < dimension_count(); ++i) all.push_back(dimension(i));
  return all;
}

std::string_view ArrayRef::String(uint32_t i) const {
  const uint32_t begin = i == 0 ? 0 : Value<uint32_t>(i - 1);
  return {values_ + size_t{4} * size_ + begin, Value<uint32_t>(i) - begin};
}

Datum ArrayRef::Get(uint32_t i) const {
  if (IsNull(i)) return Datum::Null();
  if (physical() == PhysicalType::kString) return Datum::Of(StringRef(String(i)));
  Fixed16 value;
  const uint32_t width = PhysicalWidth(physical());
  std::memcpy(&value, values_ + static_cast<size_t>(i) * width, width);
  return Datum::Of(value);
}

ArrayBuilder::ArrayBuilder(Oid element_oid, PhysicalType physical)
    : element_oid_(element_oid), physical_(physical) {}

void ArrayBuilder::Add(const Datum& value) {
  if (count_ == kArrayElementsMax) ThrowTooManyElements();
  if (count_ % 8 == 0) bitmap_ += '\0';
  if (value.is_null()) {
    has_nulls_ = true;
  } else {
    bitmap_.back() = static_cast<char>(bitmap_.back() | (1 << (count_ % 8)));
  }
  ++count_;
  if (physical_ != PhysicalType::kString) {
    values_.append(static_cast<const char*>(value.payload()), PhysicalWidth(physical_));
    return;
  }
  if (!value.is_null()) values_ += value.AsString();
  if (values_.size() > UINT32_MAX) ThrowTooManyElements();
  offsets_.push_back(static_cast<uint32_t>(values_.size()));
}

void ArrayBuilder::AddString(std::string_view text) { Add(Datum::Of(StringRef(text))); }

StringRef ArrayBuilder::Finish(Arena& arena, int32_t lower_bound) const {
  const ArrayDimension dimension{static_cast<int32_t>(count_), lower_bound};
  return Finish(arena, {&dimension, 1});
}

StringRef ArrayBuilder::Finish(Arena& arena, std::span<const ArrayDimension> dimensions) const {
  if (count_ == 0) dimensions = {};
  GRIZZLY_CHECK(dimensions.size() <= kArrayDimensionsMax &&
                (dimensions.empty() ? 0 : ArrayElementCount(dimensions)) == count_);
  return Assemble(arena, dimensions);
}

StringRef ArrayBuilder::FinishVector(Arena& arena) const {
  const ArrayDimension dimension{static_cast<int32_t>(count_), 0};
  return Assemble(arena, {&dimension, 1});
}

StringRef ArrayBuilder::Assemble(Arena& arena, std::span<const ArrayDimension> dimensions) const {
  const size_t bitmap_bytes = has_nulls_ ? bitmap_.size() : 0;
  const size_t offset_bytes = offsets_.size() * 4;
  const size_t bytes =
      kHeaderBytes + 8 * dimensions.size() + bitmap_bytes + offset_bytes + values_.size();
  char* const start = arena.Allocate(bytes);
  char* at = start;
  const auto put = [&at](const void* source, size_t size) {
    if (size != 0) std::memcpy(at, source, size);
    at += size;
  };
  const uint8_t head[4] = {static_cast<uint8_t>(dimensions.size()), has_nulls_,
                           static_cast<uint8_t>(physical_), 0};
  put(head, 4);
  put(&element_oid_, 4);
  put(dimensions.data(), 8 * dimensions.size());
  put(bitmap_.data(), bitmap_bytes);
  put(offsets_.data(), offset_bytes);
  put(values_.data(), values_.size());
  return StringRef(std::string_view(start, bytes));
}

StringRef EmptyArray(Oid element_oid, PhysicalType physical, Arena& arena) {
  return ArrayBuilder(element_oid, physical).Finish(arena);
}

int64_t ArrayElementCount(std::span<const ArrayDimension> dimensions) {
  int64_t count = dimensions.empty() ? 0 : 1;
  for (const ArrayDimension& dimension : dimensions) {
    count *= dimension.length;
    if (count > kArrayElementsMax) ThrowTooManyElements();
    int32_t end;
    if (__builtin_add_overflow(dimension.lower_bound, dimension.length, &end)) {
      throw SqlError(SqlState::kProgramLimitExceeded,
                     fmt::format("array lower bound is too large: {}", dimension.lower_bound));
    }
  }
  return count;
}

Oid ArrayElementOid(Oid array_oid) {
  const facts::TypeFact* type = facts::FindType(array_oid);
  const bool is_array = type != nullptr && type->typelem != 0 &&
                        (type->typcategory == 'A' || array_oid == facts::kRecordArrayOid);
  return is_array ? type->typelem : kInvalidOid;
}

Oid ArrayOidOf(Oid element_oid) {
  const facts::TypeFact* type = facts::FindType(element_oid);
  return type == nullptr ? kInvalidOid : type->typarray;
}

}  // namespace grizzly::types
