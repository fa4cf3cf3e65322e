#include "planner/physical/changed_keys.h"

#include <algorithm>

namespace grizzly::planner {

bool AssignsAny(std::span<const uint32_t> places, std::span<const AttributeNumber> assigned) {
  return std::any_of(assigned.begin(), assigned.end(), [&](AttributeNumber attnum) {
    return std::find(places.begin(), places.end(), attnum - 1u) != places.end();
  });
}

plan::ChangedKeys FindChangedKeys(const catalog::CatalogSnapshot& catalog,
                                  const catalog::Relation& table,
                                  std::span<const AttributeNumber> assigned) {
  plan::ChangedKeys changed;
  for (const Oid oid : table.indexes) {
    const catalog::RelationPtr index = catalog.FindRelation(oid);
    if (index == nullptr || !index->index.has_value() || !index->index->IsKept()) continue;
    const catalog::IndexDefinition& definition = *index->index;
    std::vector<uint32_t> places;
    bool is_plain = definition.predicate.empty();
    for (const catalog::IndexDefinition::Part& part : definition.parts) {
      is_plain &= part.column != 0;
      places.push_back(part.column - 1u);
    }
    const bool touched = AssignsAny(places, assigned);
    changed.key_may_change |= definition.unique && definition.immediate && is_plain && touched;
    changed.may_conflict |= definition.immediate && (definition.unique || definition.exclusion) &&
                            (touched || (!is_plain && !assigned.empty()));
  }
  return changed;
}

}  // namespace grizzly::planner
