// The order and equality of values: what the type's btree and hash operator classes say.
//
// Neither function is called with NULLs. `collation` matters for text, varchar, bpchar, name; the
// default collation (100) and "C" compare bytes.
#pragma once

#include <cstdint>

#include "types/datum.h"
#include "types/sql_type.h"

namespace grizzly::types {

// <0, 0, >0.
using CompareFunction = int (*)(const Datum& a, const Datum& b, Oid collation);
// Equal values (by CompareFunction) hash equal; well mixed in all 64 bits.
using HashFunction = uint64_t (*)(const Datum& value, Oid collation);

// Of any type; what users made is looked up in the current TypeDirectory. Null when the type has no order (json, xml, point ...) or no hash.
CompareFunction FindCompare(const SqlType& type);
HashFunction FindHash(const SqlType& type);

}  // namespace grizzly::types
