// Rows on their way through the executor: equally long vectors, one per column.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "types/vector.h"

namespace grizzly::types {

class Batch {
 public:
  Batch() = default;
  explicit Batch(std::span<const SqlType> column_types, uint32_t capacity = kBatchRowsMax);

  uint32_t row_count() const { return row_count_; }
  void set_row_count(uint32_t rows) { row_count_ = rows; }
  size_t column_count() const { return columns_.size(); }
  Vector& column(size_t i) { return columns_[i]; }
  const Vector& column(size_t i) const { return columns_[i]; }
  std::vector<Vector>& columns() { return columns_; }
  void AddColumn(Vector vector) { columns_.push_back(std::move(vector)); }

  // Empties it for a refill; keeps columns and memory.
  void Reset();
  // Keeps rows [first, first + count).
  void Slice(uint32_t first, uint32_t count);
  // Keeps the selected rows.
  void Select(Selection selection);
  // The same rows as `other`, by reference.
  void Reference(const Batch& other);
  // Appends rows of `other` by copying. The column types must agree.
  void Append(const Batch& other, uint32_t first, uint32_t count);

 private:
  std::vector<Vector> columns_;
  uint32_t row_count_ = 0;
};

}  // namespace grizzly::types
