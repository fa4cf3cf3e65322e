// Hashing and comparing rows by some of their columns, a vector at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "types/batch.h"
#include "types/compare.h"

namespace grizzly::executor {

// Columns by which rows are grouped or joined, with the equality of their types.
class KeyColumns {
 public:
  // Throws 42883 "could not identify an equality operator for type ..." for a type without equality.
  explicit KeyColumns(std::vector<types::SqlType> key_types);

  size_t size() const { return types_.size(); }
  const types::SqlType& type(size_t i) const { return types_[i]; }

  // Equal values of key i are equal bytes: fixed-width ones, strings.
  bool IsBytes(size_t i) const { return methods_[i] == Method::kBytes; }
  bool IsString(size_t i) const { return methods_[i] == Method::kString; }
  // char(n): without their trailing blanks.
  bool IsBlankPadded(size_t i) const { return methods_[i] == Method::kBlankPadded; }
  static std::string_view WithoutBlanks(const types::StringRef& text) {
    uint32_t size = text.size();
    const char* data = text.data();
    while (size > 0 && data[size - 1] == ' ') --size;
    return {data, size};
  }

  // One hash per row from `columns` (one vector per key). NULLs hash to a constant.
  void Hash(std::span<const types::Vector* const> columns, uint32_t row_count,
            uint64_t* hashes) const;
  // Whether key i of the two rows is equal; NULLs are equal to each other here.
  bool Equal(size_t key, const types::Vector& a, uint32_t row_a, const types::Vector& b,
             uint32_t row_b) const;

 private:
  enum class Method : uint8_t { kBytes, kString, kBlankPadded, kFunction };
  std::vector<types::SqlType> types_;
  std::vector<Method> methods_;
  std::vector<types::HashFunction> hashes_;
  std::vector<types::CompareFunction> compares_;
};

}  // namespace grizzly::executor
