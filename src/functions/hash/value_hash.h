// What the hash operator class of a type gives for a value, as PostgreSQL computes it.
#pragma once

#include <cstdint>
#include <optional>

#include "types/datum.h"
#include "types/sql_type.h"

namespace grizzly::functions {

// One of the two kinds of hash functions: without a seed, 32 bits; with one, 64.
struct HashKind {
  std::optional<uint64_t> seed;

  uint64_t Bytes(std::string_view bytes) const;
  uint64_t Word(uint32_t word) const;
  uint64_t Int8(int64_t value) const;
};

// Throws 42883 could not identify a hash function for type x (an extended hash function ...).
uint64_t HashValue(const types::SqlType& type, const types::Datum& value, const HashKind& kind);

}  // namespace grizzly::functions
