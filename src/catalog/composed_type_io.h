// The TypeIo of types users make: enums, domains, arrays and composites, out of their parts'.
//
// FORMAT   of a composite value in memory: count:u32, then per live column oid:u32 length:u32 bytes;
//          length 0xFFFFFFFF is NULL; bytes are the value's PhysicalWidth bytes, or the string's.
//          An enum value is its label's oid.
// ERRORS   22P02, 22P03, 42804 as PostgreSQL words them.
#pragma once

#include <memory>
#include <string>

#include "catalog/catalog.h"
#include "catalog/tenant_snapshot.h"

namespace grizzly::catalog {

inline constexpr uint32_t kNullFieldLength = UINT32_MAX;

// Null when the type or one of its parts has no text form here. What it returns points at parts that
// live in `snapshot`.
std::unique_ptr<types::TypeIo> ComposeTypeIo(const TenantSnapshot& snapshot, const TypePtr& type);

}  // namespace grizzly::catalog
