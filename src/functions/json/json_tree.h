// A JSON value as a tree, from json or jsonb alike: what is filled into SQL values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "types/jsonb.h"

namespace grizzly::functions {

struct JsonTree {
  enum class Kind : uint8_t { kNull, kScalar, kString, kArray, kObject } kind = Kind::kNull;
  std::string text;  // as written (json) or printed (jsonb)
  std::string decoded;  // of a string
  // Of an array (with empty keys) or object, in order, doubles included.
  std::vector<std::pair<std::string, JsonTree>> members;

  // The last one of that key; null: none.
  const JsonTree* Find(std::string_view key) const;
};

JsonTree TreeOfJson(std::string_view json);
JsonTree TreeOfJsonb(types::JsonbRef value);

}  // namespace grizzly::functions
