// SQL values as XML text (SQL/XML's mapping): what XMLELEMENT, XMLFOREST and their kin put in.
#pragma once

#include <string>

#include "functions/function.h"

namespace grizzly::functions {

// Not of NULL. `escape`: characters that XML means otherwise are written as entities; xml values are taken
// as they are. Throws 22008 for infinite dates.
std::string ValueAsXml(FunctionContext& context, const types::SqlType& type,
                       const types::Datum& value, bool escape);

}  // namespace grizzly::functions
