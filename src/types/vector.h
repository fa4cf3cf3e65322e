// A column of a batch: values of one type, held flat, as one constant, or through a selection.
//
// KINDS    kFlat        data[i] is row i
//          kConstant    data[0] is every row
//          kDictionary  data[selection[i]] is row i; a filtered or gathered view of another vector
// NULLS    a bitmap of valid rows, indexed like data; absent (null pointer) when every row is valid
// OWNS     a flat vector made with a capacity owns its data and its heap (long strings). A vector
//          that references another one owns only its selection: the other must stay unchanged.
//          A batch handed out by an operator is valid until that operator's next Next() or Close().
// THREADS  one at a time.
// LIMITS   kBatchRowsMax rows.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/memory/arena.h"
#include "types/datum.h"
#include "types/sql_type.h"

namespace grizzly::types {

// Rows a batch holds at most: 2,048 values of 8 bytes fill half of a first-level cache.
inline constexpr uint32_t kBatchRowsMax = 2048;

enum class VectorKind : uint8_t { kFlat, kConstant, kDictionary };

// Rows of a batch by number, ascending unless said otherwise.
using Selection = std::span<const uint32_t>;

// How to read any vector in one loop: value i is data[Index(i)].
template <typename T>
struct VectorReader {
  const T* data;
  const uint32_t* selection;  // null: identity
  const uint64_t* validity;   // null: all valid
  bool constant;

  uint32_t Index(uint32_t row) const {
    return constant ? 0 : (selection == nullptr ? row : selection[row]);
  }
  bool IsNull(uint32_t row) const { return validity != nullptr && !IsValidAt(Index(row)); }
  const T& operator[](uint32_t row) const { return data[Index(row)]; }
  bool is_flat() const { return selection == nullptr && !constant; }

 private:
  bool IsValidAt(uint32_t index) const { return (validity[index >> 6] >> (index & 63)) & 1; }
};

class Vector {
 public:
  // Flat, with room for `capacity` rows; the memory comes at the first write access.
  explicit Vector(SqlType type, uint32_t capacity = kBatchRowsMax);
  Vector(Vector&&) noexcept = default;
  Vector& operator=(Vector&&) noexcept = default;

  const SqlType& type() const { return type_; }
  PhysicalType physical() const { return type_.physical; }
  VectorKind kind() const { return kind_; }
  uint32_t capacity() const { return capacity_; }

  // Flat again, all rows valid, the heap empty; keeps the memory. Call before each refill.
  void Reset();
  // Room for at least `rows` rows; keeps what is there. Flat vectors only.
  void Reserve(uint32_t rows);
  // A new type over the same physical type (relabelling casts).
  void Retype(SqlType type) { type_ = type; }

  // ---- writing: flat (or, at row 0, constant) ----
  template <typename T>
  T* Data() {
    if (data_ == nullptr || !owns_data_) AllocateData();
    return reinterpret_cast<T*>(data_);
  }
  void SetNull(uint32_t row);
  void SetValid(uint32_t row);
  void SetAllNull(uint32_t row_count);
  // Copies long strings into the heap.
  void SetDatum(uint32_t row, const Datum& value);
  void SetString(uint32_t row, std::string_view text) {
    Data<StringRef>()[row] = StringRef::Copy(text, heap());
  }
  Arena& heap();
  // The bitmap for writing, made (all valid) when absent.
  uint64_t* MutableValidity();

  // ---- the other kinds ----
  // Every row is `value`; long strings are copied.
  void SetConstant(const Datum& value);
  // Every row is what was written to row 0 of this flat vector.
  void MakeConstant() { kind_ = VectorKind::kConstant; }
  // The same rows as `other`, whatever its kind. `other` must outlive this and stay unchanged.
  void Reference(const Vector& other);
  // Row i is other's row selection[i]. Copies the selection, resolves nested dictionaries.
  void Slice(const Vector& other, Selection selection);
  // As Slice, in place.
  void SliceSelf(Selection selection);
  // Makes a flat copy in own memory: for holding on to rows after the source moves on.
  void CopyFrom(const Vector& other, uint32_t row_count);
  // Writes `row_count` rows of `other` starting at its `source_row` to own rows from `target_row`.
  void CopyRows(const Vector& other, uint32_t source_row, uint32_t row_count, uint32_t target_row);
  void Flatten(uint32_t row_count);

  // ---- reading ----
  template <typename T>
  VectorReader<T> Reader() const {
    return {reinterpret_cast<const T*>(data_),
            kind_ == VectorKind::kDictionary ? selection_.get() : nullptr, validity_,
            kind_ == VectorKind::kConstant};
  }
  bool IsNull(uint32_t row) const;
  bool MayHaveNulls() const { return validity_ != nullptr; }
  // Null-safe; a long string points into this vector's heap (or its source).
  Datum GetDatum(uint32_t row) const;
  const uint64_t* validity() const { return validity_; }

 private:
  void AllocateData();
  uint32_t Resolve(uint32_t row) const {
    return kind_ == VectorKind::kFlat ? row
                                      : (kind_ == VectorKind::kConstant ? 0 : selection_[row]);
  }

  SqlType type_;
  VectorKind kind_ = VectorKind::kFlat;
  bool owns_data_ = false;
  uint32_t capacity_;
  uint32_t owned_rows_ = 0;      // rows owned_data_ has room for
  char* data_ = nullptr;         // owned_data_ or another vector's
  uint64_t* validity_ = nullptr; // owned_validity_ or another vector's; null: all valid
  std::unique_ptr<char[]> owned_data_;
  std::unique_ptr<uint64_t[]> owned_validity_;
  uint32_t owned_validity_rows_ = 0;
  std::unique_ptr<uint32_t[]> selection_;
  uint32_t selection_rows_ = 0;
  std::unique_ptr<Arena> heap_;
};

}  // namespace grizzly::types
