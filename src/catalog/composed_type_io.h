// The TypeIo of types users make: enums, domains, arrays, ranges and composites, out of their parts'.
//
// An enum value in memory is its label's code; the other formats are those of types/.
// ERRORS   22P02, 22P03, 42804, 55P04 as PostgreSQL words them; a domain's own constraints.
#pragma once

#include <memory>
#include <string>

#include "catalog/catalog.h"
#include "catalog/tenant_snapshot.h"

namespace grizzly::catalog {

// Null when the type or one of its parts has no text form here. What it returns points at parts that
// live in `snapshot`.
std::unique_ptr<types::TypeIo> ComposeTypeIo(const TenantSnapshot& snapshot, const TypePtr& type);

// Within: domains read values without asking their constraints. Of this thread; for values that the catalog holds,
// which were checked when they came in. The session's answer would need the catalog that is just being made.
class TrustStoredValues {
 public:
  TrustStoredValues();
  ~TrustStoredValues();
  TrustStoredValues(const TrustStoredValues&) = delete;
  TrustStoredValues& operator=(const TrustStoredValues&) = delete;

 private:
  const bool before_;
};

// 55P04: a label that this very transaction added.
[[noreturn]] void ThrowUnsafeEnumValue(std::string_view label, std::string_view type);

}  // namespace grizzly::catalog
