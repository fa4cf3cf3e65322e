// A jsonpath run over a jsonb value.
//
// ERRORS  SQL/JSON's class 22 errors in strict mode and for bad arguments, unless `silent`; inside a
//         filter they make the condition unknown, as the standard says
// OWNS    results are bytes of their own
// THREADS one evaluation belongs to one thread
// SOURCE  PostgreSQL 15 docs, 9.16.2; ISO/IEC TR 19075-6
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "functions/function.h"
#include "types/jsonb.h"
#include "types/jsonpath.h"

namespace grizzly::functions {

struct JsonPathCall {
  types::JsonbRef target;
  std::string_view path;   // a jsonpath value
  types::JsonbRef vars;
  bool silent = false;
  bool use_time_zone = false;  // the _tz functions
};

// The items found, as jsonb values. After a silenced error, those before it.
std::vector<std::string> JsonPathQuery(FunctionContext& context, const JsonPathCall& call,
                                       bool* failed = nullptr);
// Nullopt after a silenced error.
std::optional<bool> JsonPathExists(FunctionContext& context, const JsonPathCall& call);

// Throws 2201B for a pattern that is no regular expression.
void CheckJsonPathRegex(std::string_view pattern, const types::JsonPathFlags& flags);

}  // namespace grizzly::functions
