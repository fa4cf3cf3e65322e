// The name SQL has for a built-in type, as format_type() writes it.
#pragma once

#include <string>

#include "types/sql_type.h"

namespace grizzly::types {

// "character varying(10)", "numeric(10,2)", "timestamp(3) with time zone", "integer[]", "\"char\"".
// "???" for an oid that is no built-in type, "-" for 0; names of user types come from the catalog.
// A typmod of kNoTypmod tells "bpchar" from "character", which is character(1).
std::string TypeName(Oid oid, int32_t typmod);
// As error messages write it, without a typmod: format_type(oid, NULL).
std::string TypeName(Oid oid);
// What `typmod` adds in the brackets, "(10,2)" or " year to month"; empty for kNoTypmod.
std::string TypmodSuffix(Oid oid, int32_t typmod);

}  // namespace grizzly::types
