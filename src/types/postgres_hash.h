// PostgreSQL's hashes of values: what hashint4(), hashtextextended() ... answer, and what hash
// partitioning goes by. Equal to a PostgreSQL on a little-endian machine, bit for bit.
//
// For everything that stays inside the server, types/hash_bytes.h is the faster one.
//
// SOURCE  Bob Jenkins, "lookup3" (2006, public domain); which bytes of a value go in: a running
//         PostgreSQL 15
#pragma once

#include <cstdint>
#include <string_view>

#include "types/datum.h"
#include "types/sql_type.h"

namespace grizzly::types {

// With seed 0 the low half is the 32-bit hash.
uint64_t PostgresHashBytes(std::string_view bytes, uint64_t seed);
uint64_t PostgresHashWord(uint32_t word, uint64_t seed);

// Of a value that is not NULL, by its type's default hash operator class; null: it has none.
// A domain comes in with its base's oid; an enum has PostgresHashEnum.
using PostgresHashFunction = uint64_t (*)(const Datum& value, uint64_t seed);
PostgresHashFunction FindPostgresHash(Oid type);
uint64_t PostgresHashEnum(const Datum& label, uint64_t seed);

}  // namespace grizzly::types
