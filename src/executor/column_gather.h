// Loops over columns of a RowStore by row number, typed once per column.
//
// Row numbers: chunk * kBatchRowsMax + place in the chunk.
#pragma once

#include <span>

#include "executor/row_store.h"
#include "executor/value_hash.h"

namespace grizzly::executor {

// Column `column` of `rows` to rows 0 ... of `out`, which is flat or made so; long strings by reference.
void GatherColumn(const RowStore& store, size_t column, std::span<const uint32_t> rows,
                  types::Vector& out);

// Keeps, in order, those of the pairs whose values of key `key` are equal: `a` at a_rows[i] and column
// `column` of the store at b_rows[i]. Returns how many.
size_t KeepEqualPairs(const KeyColumns& keys, size_t key, const types::Vector& a,
                      const RowStore& store, size_t column, bool nulls_are_equal,
                      uint32_t* a_rows, uint32_t* b_rows, size_t count);

}  // namespace grizzly::executor
