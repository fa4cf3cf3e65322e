// New jsonb values out of old ones.
//
// ERRORS  22023 for values of the wrong kind, 22004 / 22P02 for bad path elements
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types/jsonb.h"

namespace grizzly::functions {

// A NULL element is an error only where an edit gets to it.
using JsonPath = std::vector<std::optional<std::string_view>>;

enum class PathEdit : uint8_t { kReplace, kReplaceOrCreate, kInsertBefore, kInsertAfter, kDelete };

std::string ConcatJsonb(types::JsonbRef a, types::JsonbRef b);
// Without the pairs of these keys, or the array's elements that are such strings.
std::string DeleteKeys(types::JsonbRef value, const std::vector<std::string_view>& keys);
std::string DeleteIndex(types::JsonbRef value, int32_t index);
std::string StripNulls(types::JsonbRef value);
std::string EditPath(types::JsonbRef value, const JsonPath& path, PathEdit edit,
                     std::string_view new_value);
bool ContainsJsonb(types::JsonbRef outer, types::JsonbRef inner);
// The integer a path element is for an array; nullopt when it is none.
std::optional<int64_t> ParseIndex(std::string_view text);

}  // namespace grizzly::functions
