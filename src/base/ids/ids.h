// Identifiers that must not mix, and the one that is PostgreSQL's.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace grizzly {

// PostgreSQL's object identifier; 0 is InvalidOid. Built-in objects keep PostgreSQL 15's OIDs,
// objects users make start at kFirstUserOid.
using Oid = uint32_t;
inline constexpr Oid kInvalidOid = 0;
inline constexpr Oid kFirstUserOid = 16384;

// 1-based column number within a relation, as in pg_attribute.attnum; negative for system columns.
using AttributeNumber = int16_t;

template <typename Tag, typename Integer>
struct StrongId {
  Integer value = 0;
  constexpr StrongId() = default;
  constexpr explicit StrongId(Integer v) : value(v) {}
  constexpr auto operator<=>(const StrongId&) const = default;
};

// A database: the first four bytes of each of its keys. 0 is the server's own namespace, which
// holds the list of databases, the roles and the format version.
using TenantId = StrongId<struct TenantIdTag, uint32_t>;
// Where a relation's rows are; replaced by TRUNCATE and rewriting ALTERs (pg_class.relfilenode).
using StorageId = StrongId<struct StorageIdTag, uint32_t>;
// A key range within a storage: 0 holds the rows.
using IndexId = StrongId<struct IndexIdTag, uint32_t>;
// Hybrid logical clock: 48 bits of milliseconds since 1970, 16 bits of counter. Unique per commit.
using CommitTimestamp = StrongId<struct CommitTimestampTag, uint64_t>;
// A transaction that has written something, unique in the server's life (pg's xid8).
using TransactionId = StrongId<struct TransactionIdTag, uint64_t>;
// A session; what clients see as the backend's process id.
using SessionId = StrongId<struct SessionIdTag, int32_t>;

inline constexpr TenantId kServerTenant{0};

}  // namespace grizzly

template <typename Tag, typename Integer>
struct std::hash<grizzly::StrongId<Tag, Integer>> {
  size_t operator()(grizzly::StrongId<Tag, Integer> id) const noexcept {
    return std::hash<Integer>()(id.value);
  }
};
