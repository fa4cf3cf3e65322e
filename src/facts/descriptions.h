// Comments on built-in objects (pg_description and pg_shdescription), from
// facts/pg_description.csv. Constant; any thread; nothing throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "facts/oid.h"

namespace grizzly::facts {

struct DescriptionFact {
  Oid classoid;  // the catalog the object is in
  Oid objoid;
  int32_t objsubid;
  std::string_view description;
};

// The comment on a whole object, or a view whose data() is null.
std::string_view FindDescription(Oid classoid, Oid objoid);
// Sorted by classoid, objoid, objsubid.
std::span<const DescriptionFact> AllDescriptions();

}  // namespace grizzly::facts
