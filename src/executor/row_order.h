// Ordering rows by sort keys: PostgreSQL's ASC/DESC, NULLS FIRST/LAST, per type and collation.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "executor/row_store.h"
#include "expr/expr.h"
#include "types/compare.h"

namespace grizzly::executor {

struct OrderColumn {
  size_t column = 0;  // of the row store
  types::SqlType type;
  bool descending = false;
  bool nulls_first = false;
};

class RowOrder {
 public:
  // Throws 42883 "could not identify an ordering operator for type ...".
  explicit RowOrder(std::vector<OrderColumn> columns);

  // <0, 0, >0.
  int Compare(const RowStore& rows, uint64_t a, uint64_t b) const;
  // The same across two batches.
  int Compare(const types::Batch& batch_a, uint32_t a, const types::Batch& batch_b,
              uint32_t b) const;
  // Whether the first `key_count` keys of the two rows are equal (peers); rows.Get(row, column) gives values.
  template <typename Rows>
  bool Equal(Rows& rows, uint64_t a, uint64_t b, size_t key_count) const {
    for (size_t key = 0; key < key_count; ++key) {
      const size_t column = columns_[key].column;
      if (CompareKey(key, rows.Get(a, column), rows.Get(b, column)) != 0) return false;
    }
    return true;
  }
  // Row numbers in order; rows that compare equal keep their order.
  std::vector<uint64_t> Sort(const RowStore& rows) const;

 private:
  struct Entry {
    uint64_t prefix;
    uint64_t row;
  };
  // Eight bytes whose unsigned order is consistent with the first key's (equal ones may differ).
  uint64_t Prefix(const types::Vector& column, uint32_t row) const;
  int CompareKey(size_t key, const types::Datum& a, const types::Datum& b) const;

  std::vector<OrderColumn> columns_;
  std::vector<types::CompareFunction> compares_;
  enum class PrefixMethod : uint8_t { kNone, kSigned, kUnsigned, kFloat, kString } prefix_;
  bool prefix_decides_ = false;  // equal prefixes mean equal first keys
};

}  // namespace grizzly::executor
