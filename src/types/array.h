// Arrays: any number of dimensions up to six, elements of one type, NULLs among them.
//
// FORMAT  bytes of a StringRef, little-endian, unaligned
//         dimensions:u8 flags:u8 (1: has NULLs) physical:u8 0:u8 element_oid:u32
//         (length:i32 lower_bound:i32)*dimensions
//         bitmap of valid elements, (n + 7) / 8 bytes, only with flag 1; unused bits are zero
//         fixed width: n values (zero for NULL)
//         strings:     n end offsets u32, then the bytes
//         No elements: no dimensions (but see FinishVector). One value has one byte string.
// OWNS    an ArrayRef is a view; strings it hands out point into the array's bytes.
// LIMITS  kArrayDimensionsMax, kArrayElementsMax.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids/ids.h"
#include "types/datum.h"
#include "types/sql_type.h"

namespace grizzly::types {

inline constexpr int kArrayDimensionsMax = 6;
inline constexpr int64_t kArrayElementsMax = 134'217'727;

struct ArrayDimension {
  int32_t length = 0;
  int32_t lower_bound = 1;
  bool operator==(const ArrayDimension&) const = default;
};

class ArrayRef {
 public:
  explicit ArrayRef(std::string_view bytes);
  explicit ArrayRef(const StringRef& ref) : ArrayRef(ref.view()) {}
  ArrayRef(StringRef&&) = delete;
  // The Datum must outlive the view: a short array is inside it.
  static ArrayRef Of(const Datum& datum) { return ArrayRef(datum.AsString()); }
  static ArrayRef Of(Datum&&) = delete;

  int dimension_count() const { return static_cast<uint8_t>(bytes_[0]); }
  ArrayDimension dimension(int i) const {
    ArrayDimension dimension;
    std::memcpy(&dimension, bytes_.data() + 8 + 8 * i, 8);
    return dimension;
  }
  std::vector<ArrayDimension> dimensions() const;
  PhysicalType physical() const { return static_cast<PhysicalType>(bytes_[2]); }
  Oid element_oid() const {
    Oid oid;
    std::memcpy(&oid, bytes_.data() + 4, 4);
    return oid;
  }
  // Elements in all, in row-major order.
  uint32_t size() const { return size_; }
  bool has_nulls() const { return (bytes_[1] & 1) != 0; }
  bool IsNull(uint32_t i) const {
    return has_nulls() && ((static_cast<uint8_t>(bitmap_[i >> 3]) >> (i & 7)) & 1) == 0;
  }
  Datum Get(uint32_t i) const;
  // For fixed-width elements; NULL reads as zero.
  template <typename T>
  T Value(uint32_t i) const {
    T value;
    std::memcpy(&value, values_ + static_cast<size_t>(i) * sizeof(T), sizeof(T));
    return value;
  }
  std::string_view String(uint32_t i) const;
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
  const char* bitmap_ = nullptr;
  const char* values_ = nullptr;
  uint32_t size_ = 0;
};

// Gathers elements in row-major order.
class ArrayBuilder {
 public:
  ArrayBuilder(Oid element_oid, PhysicalType physical);
  explicit ArrayBuilder(const SqlType& element) : ArrayBuilder(element.oid, element.physical) {}

  void Add(const Datum& value);  // NULL too
  void AddNull() { Add(Datum::Null()); }
  template <typename T>
  void AddValue(const T& value) {
    Add(Datum::Of(value));
  }
  void AddString(std::string_view text);
  uint32_t size() const { return count_; }

  // One dimension from `lower_bound`; no elements: the empty array. Throws 54000 past the limits.
  StringRef Finish(Arena& arena, int32_t lower_bound = 1) const;
  // int2vector and oidvector: one dimension from 0, kept even when it is empty.
  StringRef FinishVector(Arena& arena) const;
  // The product of the lengths must be size().
  StringRef Finish(Arena& arena, std::span<const ArrayDimension> dimensions) const;

 private:
  StringRef Assemble(Arena& arena, std::span<const ArrayDimension> dimensions) const;

  const Oid element_oid_;
  const PhysicalType physical_;
  uint32_t count_ = 0;
  bool has_nulls_ = false;
  std::string bitmap_;
  std::string values_;             // fixed width: the values; strings: their bytes
  std::vector<uint32_t> offsets_;  // strings: end offsets
};

StringRef EmptyArray(Oid element_oid, PhysicalType physical, Arena& arena);
// Elements of an array of these dimensions. Throws 54000 when there are too many.
int64_t ArrayElementCount(std::span<const ArrayDimension> dimensions);

// The element type of a built-in array type (int2vector and oidvector included), kInvalidOid else.
Oid ArrayElementOid(Oid array_oid);
// The array type over a built-in type; kInvalidOid when there is none.
Oid ArrayOidOf(Oid element_oid);

}  // namespace grizzly::types
