// What else goes when objects are dropped: RESTRICT's refusal and CASCADE's notice, in PostgreSQL's
// words and order.
//
// Edges come from CatalogSnapshot::DependentsOn; objects of a schema depend on it. 'a' and 'i'
// dependents go silently with what they hang on; 'n' dependents need CASCADE. An object that is an
// internal part of another can only go with it.
//
// LOCKS    takes none. Lock what the plan lists; if the snapshot's version moved meanwhile, plan again.
// ERRORS   2BP01 dependent_objects_still_exist: "cannot drop table a because other objects depend on
//          it", "cannot drop index a_pkey because constraint a_pkey on table a requires it".
// SOURCE   PostgreSQL 15 docs, "Dependency Tracking"
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/error/sql_error.h"
#include "catalog/object_text.h"

namespace grizzly::catalog {

enum class DropBehavior : uint8_t { kRestrict, kCascade };

struct DropPlan {
  // Dependents before what they depend on; the targets among them. A column, default or constraint
  // is not listed when its whole table is.
  std::vector<ObjectAddress> objects;
  // "drop cascades to ..."; nothing when only the targets and their parts go.
  std::optional<Diagnostic> notice;
};

// Throws when `behavior` is RESTRICT and something outside depends on a target. `path` decides how
// messages name objects.
DropPlan PlanDrop(const CatalogSnapshot& catalog, const SearchPath& path,
                  std::span<const ObjectAddress> targets, DropBehavior behavior);

}  // namespace grizzly::catalog
