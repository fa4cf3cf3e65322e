#include "types/vector.h"

#include <algorithm>
#include <cstring>

#include "base/error/check.h"

namespace grizzly::types {
namespace {

constexpr uint32_t WordCount(uint32_t rows) { return (rows + 63) / 64; }

// What a NULL holds is copied, too: it does no harm.
template <typename T>
void CopyFixed(const Vector& from, uint32_t first, uint32_t count, uint32_t target_row,
               Vector& to) {
  const auto source = from.Reader<T>();
  T* const target = to.Data<T>() + target_row;
  if (source.data == nullptr) return;  // nothing but NULLs was ever written
  if (source.is_flat()) {
    std::memcpy(target, source.data + first, count * sizeof(T));
  } else if (source.constant) {
    std::fill_n(target, count, source.data[0]);
  } else {
    const uint32_t* selection = source.selection + first;
    for (uint32_t i = 0; i < count; ++i) target[i] = source.data[selection[i]];
  }
}

// Long ones go to the heap of `owner`.
void CopyStrings(const Vector& source, uint32_t first, uint32_t count, StringRef* target,
                 Vector& owner) {
  const auto reader = source.Reader<StringRef>();
  const bool may_be_null = source.MayHaveNulls();
  for (uint32_t i = 0; i < count; ++i) {
    if (may_be_null && reader.IsNull(first + i)) {
      target[i] = StringRef();
      continue;
    }
    const StringRef& text = reader[first + i];
    target[i] = text.is_inline() ? text : StringRef::Copy(text.view(), owner.heap());
  }
}

}  // namespace

Vector::Vector(SqlType type, uint32_t capacity) : type_(type), capacity_(capacity) {}

void Vector::AllocateData() {
  if (owned_data_ == nullptr || owned_rows_ < capacity_) {
    owned_data_ = std::make_unique_for_overwrite<char[]>(
        static_cast<size_t>(std::max(capacity_, 1u)) * PhysicalWidth(physical()));
    owned_rows_ = std::max(capacity_, 1u);
  }
  data_ = owned_data_.get();
  owns_data_ = true;
}

void Vector::Reset() {
  kind_ = VectorKind::kFlat;
  validity_ = nullptr;
  // After referencing a bigger vector the own memory may be too small: then made anew on writing.
  data_ = owned_rows_ >= capacity_ ? owned_data_.get() : nullptr;
  owns_data_ = data_ != nullptr;
  if (heap_ != nullptr) heap_->Reset();
}

void Vector::Reserve(uint32_t rows) {
  GRIZZLY_CHECK(kind_ == VectorKind::kFlat);
  if (rows <= capacity_) return;
  const uint32_t old_rows = owned_rows_;
  const uint32_t new_rows = std::max(rows, std::min(capacity_ * 2, kBatchRowsMax));
  if (owned_data_ != nullptr) {
    const size_t width = PhysicalWidth(physical());
    auto bigger = std::make_unique_for_overwrite<char[]>(new_rows * width);
    std::memcpy(bigger.get(), owned_data_.get(), old_rows * width);
    owned_data_ = std::move(bigger);
    owned_rows_ = new_rows;
    if (owns_data_) data_ = owned_data_.get();
  }
  if (validity_ != nullptr) {
    auto bigger = std::make_unique_for_overwrite<uint64_t[]>(WordCount(new_rows));
    std::fill_n(bigger.get(), WordCount(new_rows), ~uint64_t{0});
    std::memcpy(bigger.get(), validity_, WordCount(capacity_) * sizeof(uint64_t));
    owned_validity_ = std::move(bigger);
    owned_validity_rows_ = new_rows;
    validity_ = owned_validity_.get();
  }
  capacity_ = new_rows;
}

Arena& Vector::heap() {
  if (heap_ == nullptr) heap_ = std::make_unique<Arena>();
  return *heap_;
}

uint64_t* Vector::MutableValidity() {
  if (validity_ != nullptr && validity_ == owned_validity_.get()) return validity_;
  const uint64_t* inherited = validity_;
  if (owned_validity_ == nullptr || owned_validity_rows_ < capacity_) {
    const uint32_t rows = std::max(capacity_, 1u);
    owned_validity_ = std::make_unique_for_overwrite<uint64_t[]>(WordCount(rows));
    owned_validity_rows_ = rows;
  }
  const uint32_t words = WordCount(std::max(capacity_, 1u));
  if (inherited != nullptr) {
    std::memcpy(owned_validity_.get(), inherited, words * sizeof(uint64_t));
  } else {
    std::fill_n(owned_validity_.get(), words, ~uint64_t{0});
  }
  validity_ = owned_validity_.get();
  return validity_;
}

void Vector::SetNull(uint32_t row) {
  // Kernels compute over NULL rows, too: there is something to read even if all rows are NULL.
  if (data_ == nullptr) AllocateData();
  MutableValidity()[row >> 6] &= ~(uint64_t{1} << (row & 63));
}

void Vector::SetValid(uint32_t row) {
  if (validity_ != nullptr) MutableValidity()[row >> 6] |= uint64_t{1} << (row & 63);
}

void Vector::SetAllNull(uint32_t row_count) {
  uint64_t* words = MutableValidity();
  std::fill_n(words, WordCount(row_count), uint64_t{0});
  if (data_ == nullptr) AllocateData();
}

void Vector::SetDatum(uint32_t row, const Datum& value) {
  if (value.is_null()) {
    Data<char>();
    SetNull(row);
    return;
  }
  SetValid(row);
  if (physical() == PhysicalType::kString) {
    Data<StringRef>()[row] = StringRef::Copy(value.AsString(), heap());
    return;
  }
  const uint32_t width = PhysicalWidth(physical());
  std::memcpy(Data<char>() + static_cast<size_t>(row) * width, value.payload(), width);
}

void Vector::SetConstant(const Datum& value) {
  Reset();
  SetDatum(0, value);
  kind_ = VectorKind::kConstant;
}

void Vector::Reference(const Vector& other) {
  kind_ = other.kind_;
  data_ = other.data_;
  validity_ = other.validity_;
  owns_data_ = false;
  capacity_ = std::max(capacity_, other.capacity_);
  if (kind_ == VectorKind::kDictionary) {
    if (selection_ == nullptr || selection_rows_ < other.selection_rows_) {
      selection_ = std::make_unique_for_overwrite<uint32_t[]>(other.selection_rows_);
      selection_rows_ = other.selection_rows_;
    }
    std::memcpy(selection_.get(), other.selection_.get(),
                other.selection_rows_ * sizeof(uint32_t));
  }
}

void Vector::Slice(const Vector& other, Selection selection) {
  if (other.kind_ == VectorKind::kConstant) {
    Reference(other);
    return;
  }
  const uint32_t count = static_cast<uint32_t>(selection.size());
  if (&other != this && selection_ != nullptr && selection_rows_ >= count) {
    for (uint32_t i = 0; i < count; ++i) selection_[i] = other.Resolve(selection[i]);
  } else {
    auto composed = std::make_unique_for_overwrite<uint32_t[]>(std::max(count, 1u));
    for (uint32_t i = 0; i < count; ++i) composed[i] = other.Resolve(selection[i]);
    selection_ = std::move(composed);
    selection_rows_ = std::max(count, 1u);
  }
  data_ = other.data_;
  validity_ = other.validity_;
  owns_data_ = &other == this && owns_data_;
  kind_ = VectorKind::kDictionary;
}

void Vector::SliceSelf(Selection selection) { Slice(*this, selection); }

void Vector::CopyFrom(const Vector& other, uint32_t row_count) {
  capacity_ = std::max(capacity_, row_count);
  Reset();  // after the capacity: own memory that is too small for it is made anew
  CopyRows(other, 0, row_count, 0);
}

void Vector::CopyRows(const Vector& other, uint32_t source_row, uint32_t row_count,
                      uint32_t target_row) {
  if (target_row + row_count > capacity_) Reserve(target_row + row_count);
  switch (PhysicalWidth(physical())) {
    case 1: CopyFixed<uint8_t>(other, source_row, row_count, target_row, *this); break;
    case 2: CopyFixed<uint16_t>(other, source_row, row_count, target_row, *this); break;
    case 4: CopyFixed<uint32_t>(other, source_row, row_count, target_row, *this); break;
    case 8: CopyFixed<uint64_t>(other, source_row, row_count, target_row, *this); break;
    default: {
      if (physical() == PhysicalType::kString) {
        CopyStrings(other, source_row, row_count, Data<StringRef>() + target_row, *this);
      } else {
        CopyFixed<Fixed16>(other, source_row, row_count, target_row, *this);
      }
    }
  }
  if (!other.MayHaveNulls() && validity_ == nullptr) return;
  for (uint32_t i = 0; i < row_count; ++i) {
    other.IsNull(source_row + i) ? SetNull(target_row + i) : SetValid(target_row + i);
  }
}

void Vector::Flatten(uint32_t row_count) {
  if (kind_ == VectorKind::kFlat) return;
  Vector flat(type_, std::max(row_count, 1u));
  flat.CopyRows(*this, 0, row_count, 0);
  *this = std::move(flat);
}

bool Vector::IsNull(uint32_t row) const {
  if (validity_ == nullptr) return false;
  const uint32_t index = Resolve(row);
  return ((validity_[index >> 6] >> (index & 63)) & 1) == 0;
}

Datum Vector::GetDatum(uint32_t row) const {
  if (IsNull(row)) return Datum::Null();
  const uint32_t width = PhysicalWidth(physical());
  Fixed16 value;
  std::memcpy(&value, data_ + static_cast<size_t>(Resolve(row)) * width, width);
  return Datum::Of(value);
}

}  // namespace grizzly::types
