// A set of ColumnIds of one statement.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "expr/expr.h"

namespace grizzly::planner {

class ColumnSet {
 public:
  ColumnSet() = default;
  explicit ColumnSet(std::span<const expr::ColumnId> ids) { AddAll(ids); }

  void Add(expr::ColumnId id) {
    const size_t word = id / 64;
    if (word >= words_.size()) words_.resize(word + 1);
    words_[word] |= uint64_t{1} << (id % 64);
  }
  void AddAll(std::span<const expr::ColumnId> ids) {
    for (expr::ColumnId id : ids) Add(id);
  }
  bool Contains(expr::ColumnId id) const {
    const size_t word = id / 64;
    return word < words_.size() && ((words_[word] >> (id % 64)) & 1) != 0;
  }
  bool ContainsAll(std::span<const expr::ColumnId> ids) const {
    for (expr::ColumnId id : ids) {
      if (!Contains(id)) return false;
    }
    return true;
  }
  bool ContainsAny(std::span<const expr::ColumnId> ids) const {
    for (expr::ColumnId id : ids) {
      if (Contains(id)) return true;
    }
    return false;
  }

 private:
  std::vector<uint64_t> words_;
};

}  // namespace grizzly::planner
