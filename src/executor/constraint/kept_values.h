// Values of a few columns as bytes: what a check remembers of a row until it runs.
//
// FORMAT   (in memory only) value := 0x00 | 0x01 fixed-width bytes | 0x01 size:u32 bytes
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/relation.h"
#include "types/batch.h"

namespace grizzly::executor {

// Appends the columns in `places` of one row; returns how many of them are NULL.
size_t AppendKeptValues(const types::Batch& rows, uint32_t row, std::span<const uint32_t> places,
                        std::string* out);
// Reads them again; long strings point into `kept`.
std::vector<types::Datum> ReadKeptValues(std::string_view kept, const catalog::Relation& table,
                                         std::span<const uint32_t> places);

}  // namespace grizzly::executor
