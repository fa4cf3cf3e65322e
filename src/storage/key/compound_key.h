// Order-preserving bytes of values that are made of parts: addresses, bit strings, arrays, rows, ranges.
//
// FORMAT   comparing the bytes gives the order of the type's btree operators; equal values have equal bytes.
//          The caller escapes and ends them (storage/key/key_layout.h, kSortKey); they cannot be read back.
//          inet      family; per bit of the network 1 and the bit, then 0; padded; the address
//          bits      the bytes, ended; the length
//          array     per element its field (1 value, or 2 for NULL), then 0; dimensions and lower bounds
//          row       per column that is there its field (1 value, or 2)
//          range     0 empty, else 1 lower upper; a multirange: per range 1 and the range, then 0
//          oidvector the length first
// ERRORS   42883 for a part without an order.
#pragma once

#include <string>

#include "types/datum.h"
#include "types/sql_type.h"

namespace grizzly::storage {

bool HasCompoundKey(Oid type);
void AppendCompoundKey(const types::SqlType& type, const types::Datum& value, std::string* key);

}  // namespace grizzly::storage
