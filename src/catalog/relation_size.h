// How much room a table's rows take, as the store counts it: approximately.
//
// THREADS  any.
#pragma once

#include <cstdint>

#include "catalog/relation.h"
#include "storage/kv/store.h"

namespace grizzly::catalog {

// Bytes of the rows, without indexes; of a columnar table its row groups and the rows that are not in one yet.
uint64_t ApproximateRowBytes(storage::Store& store, const Relation& table);

}  // namespace grizzly::catalog
