// The views of pg_catalog and information_schema as SQL (pg_get_viewdef), from
// facts/system_views.csv. Their columns are in catalog_relations.h. Constant; any thread; nothing
// throws.
#pragma once

#include <span>
#include <string_view>

#include "facts/oid.h"

namespace grizzly::facts {

struct SystemViewFact {
  Oid oid;
  std::string_view relname;
  Oid relnamespace;
  std::string_view definition;  // names resolve with search_path = pg_catalog
};

const SystemViewFact* FindSystemView(Oid oid);
const SystemViewFact* FindSystemViewByName(Oid relnamespace, std::string_view relname);
// Sorted by oid: a view comes after those it reads.
std::span<const SystemViewFact> AllSystemViews();

}  // namespace grizzly::facts
