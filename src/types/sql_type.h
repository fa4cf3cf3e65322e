// What a column, expression or parameter is: PostgreSQL's type and how we hold its values.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/ids/ids.h"

namespace grizzly::types {

// How values of a type lie in a Vector or Datum. Several SQL types share one.
enum class PhysicalType : uint8_t {
  kInt8,     // bool (0 or 1), "char"
  kInt16,    // int2
  kInt32,    // int4, oid and reg* (as uint32_t), date (days since 2000-01-01), enum (label's oid)
  kInt64,    // int8, money, timestamp and timestamptz (µs since 2000-01-01), time (µs), xid8, pg_lsn
  kFloat32,  // float4
  kFloat64,  // float8
  kFixed16,  // interval (IntervalValue), uuid (16 bytes), timetz (TimeTzValue)
  kString,   // everything else, as a StringRef; each type's header says what its bytes are
};

// Bytes of one value of the type in a vector.
constexpr uint32_t PhysicalWidth(PhysicalType type) {
  constexpr uint8_t kWidths[] = {1, 2, 4, 8, 4, 8, 16, 16};
  return kWidths[static_cast<uint8_t>(type)];
}

inline constexpr int32_t kNoTypmod = -1;

struct SqlType {
  Oid oid = kInvalidOid;
  int32_t typmod = kNoTypmod;  // PostgreSQL's encoding: varchar(n) is n + 4, numeric(p,s) packed + 4
  Oid collation = kInvalidOid;
  PhysicalType physical = PhysicalType::kInt32;

  constexpr bool operator==(const SqlType&) const = default;
};

// A built-in type of pg_catalog. Throws XX000 for an oid that is none of them; types users made are
// resolved by the catalog (an enum is kInt32, a domain its base's, all others kString).
SqlType BuiltinType(Oid oid, int32_t typmod = kNoTypmod);

}  // namespace grizzly::types
