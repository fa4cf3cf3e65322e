// jsonb subscripts: j['a'][0] read and assigned.
//
// ERRORS  22023 cannot replace existing key, ... is out of range; 22P02 ... is not an integer
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "types/jsonb.h"

namespace grizzly::functions {

struct JsonbSubscript {
  std::string text;
  bool is_index = false;  // written as a number: what is not there yet is an array
};

// Nullopt: nothing there.
std::optional<types::JsonbRef> FetchJsonbSubscript(types::JsonbRef value,
                                                   std::span<const JsonbSubscript> path);
// The value with the place replaced; containers on the way are made, gaps in arrays filled with null.
// Nullopt for `value`: SQL's NULL.
std::string AssignJsonbSubscript(std::optional<types::JsonbRef> value,
                                 std::span<const JsonbSubscript> path, std::string_view new_value);

}  // namespace grizzly::functions
