// Where a type is: a type directory may know it, for the fields of errors.
#pragma once

#include <string>

#include "base/ids/ids.h"

namespace grizzly::types {

struct TypeNames {
  std::string schema, name;  // empty: there is no such type
};

class TypeNamesSource {
 public:
  virtual TypeNames NamesOfType(Oid type) const = 0;

 protected:
  ~TypeNamesSource() = default;
};

}  // namespace grizzly::types
