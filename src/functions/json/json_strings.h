// Every string of a JSON value replaced by what a function makes of it; keys stay.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "types/json.h"
#include "types/jsonb.h"

namespace grizzly::functions {

using StringMapping = std::function<std::string(std::string_view)>;

// Written without blanks, as PostgreSQL's transform functions do.
std::string MapJsonStrings(std::string_view json, const StringMapping& map);
std::string MapJsonbStrings(types::JsonbRef value, const StringMapping& map);

}  // namespace grizzly::functions
