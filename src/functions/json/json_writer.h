// SQL values as JSON: to_json() and its kin.
#pragma once

#include <string>

#include "functions/function.h"

namespace grizzly::functions {

// Appends the value as JSON text (to_json).
void AppendAsJson(FunctionContext& context, const types::SqlType& type, const types::Datum& value,
                  std::string& out);
// An array, with line feeds between the elements of the first dimension if `pretty`.
void AppendArrayAsJson(FunctionContext& context, const types::Datum& array, bool pretty,
                       std::string& out);
// A row, with line feeds between its pairs if `pretty`.
void AppendRecordAsJson(FunctionContext& context, const types::Datum& row, bool pretty,
                        std::string& out);
// The value as jsonb's bytes (to_jsonb).
std::string AsJsonb(FunctionContext& context, const types::SqlType& type,
                    const types::Datum& value);
// A value as the key of an object. Throws 22023 for arrays, rows and JSON.
std::string AsJsonKey(FunctionContext& context, const types::SqlType& type,
                      const types::Datum& value);

}  // namespace grizzly::functions
