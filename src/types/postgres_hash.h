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

// Hash partitions: the hashes of a key's values that are not NULL, from this seed, combined from 0.
inline constexpr uint64_t kPartitionHashSeed = 0x7A5B22367996DCFD;
inline uint64_t CombinePostgresHash(uint64_t a, uint64_t b) {
  return a ^ (b + 0x49A0F4DD15E5A8E3 + (a << 54) + (a >> 7));
}

// Of a value that is not NULL, by its type's default hash operator class; null: it has none.
using PostgresHashFunction = uint64_t (*)(const Datum& value, uint64_t seed);
PostgresHashFunction FindPostgresHash(const SqlType& type);
// Of built-in types that are not made of parts; functions/hash/value_hash.h has all.
PostgresHashFunction FindPostgresHash(Oid type);
uint64_t PostgresHashEnum(const Datum& label, uint64_t seed);

}  // namespace grizzly::types
