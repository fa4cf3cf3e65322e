// What the hash operator class of any type gives for a value: types/postgres_hash.h, and of what is made of
// parts.
#pragma once

#include <cstdint>

#include "types/datum.h"
#include "types/sql_type.h"

namespace grizzly::functions {

// With seed 0 the low half is the 32-bit hash. NULL is 0. Throws 42883 could not identify a hash function for
// type x; `extended`: an extended hash function.
uint64_t HashValue(const types::SqlType& type, const types::Datum& value, uint64_t seed,
                   bool extended);

}  // namespace grizzly::functions
