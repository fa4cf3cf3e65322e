// Which rows of a hash table have been met; set by any number of threads at once.
#pragma once

#include <cstdint>
#include <vector>

namespace grizzly::executor {

class RowMarks {
 public:
  void Reset(size_t row_count) { marks_.assign(row_count, 0); }
  bool empty() const { return marks_.empty(); }
  size_t size() const { return marks_.size(); }
  bool IsSet(uint32_t row) const { return __atomic_load_n(&marks_[row], __ATOMIC_RELAXED) != 0; }
  void Set(uint32_t row) { __atomic_store_n(&marks_[row], uint8_t{1}, __ATOMIC_RELAXED); }

 private:
  std::vector<uint8_t> marks_;
};

}  // namespace grizzly::executor
