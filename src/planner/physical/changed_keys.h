// What assignments to columns of a table may meet: keys that others know its rows by, keys that may be taken.
#pragma once

#include <span>

#include "catalog/catalog.h"
#include "plan/modify_node.h"

namespace grizzly::planner {

plan::ChangedKeys FindChangedKeys(const catalog::CatalogSnapshot& catalog,
                                  const catalog::Relation& table,
                                  std::span<const AttributeNumber> assigned);

// Whether one of the columns is in `places` (attnum - 1).
bool AssignsAny(std::span<const uint32_t> places, std::span<const AttributeNumber> assigned);

}  // namespace grizzly::planner
