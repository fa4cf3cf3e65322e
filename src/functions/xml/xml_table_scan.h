// The set behind XMLTABLE: it has no pg_proc row, the binder makes its calls.
#pragma once

#include "functions/function.h"

namespace grizzly::functions {

// One XMLTABLE column as an argument: kOrdinality gives the row's number (int4), the others text or NULL.
enum class XmlTableArgument : int32_t { kText, kNumber, kXml, kOrdinality };

// document xml, row path text, namespace count int4, (URI text, prefix text; NULL: the default namespace) per
// namespace, (path text, XmlTableArgument int4, column name text) per column.
std::unique_ptr<SetScan> XmlTableScan(FunctionContext& context, const CallSite& call,
                                      std::span<const types::Datum> arguments);

}  // namespace grizzly::functions
