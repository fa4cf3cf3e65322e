// PostgreSQL's object identifier, the same type as grizzly::Oid (this module is below base).
#pragma once

#include <cstdint>

namespace grizzly::facts {

using Oid = uint32_t;

inline constexpr Oid kPgCatalogNamespaceOid = 11;
inline constexpr Oid kPgToastNamespaceOid = 99;
inline constexpr Oid kPublicNamespaceOid = 2200;

inline constexpr Oid kInternalLanguageOid = 12;
inline constexpr Oid kCLanguageOid = 13;
inline constexpr Oid kSqlLanguageOid = 14;

inline constexpr Oid kBootstrapSuperuserOid = 10;

}  // namespace grizzly::facts
