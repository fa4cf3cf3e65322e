#include "catalog/search_path.h"

namespace grizzly::catalog {

int SearchPath::PositionOf(Oid schema) const {
  for (size_t i = 0; i < schemas_.size(); ++i) {
    if (schemas_[i] == schema) return static_cast<int>(i);
  }
  return -1;
}

RelationPtr SearchPath::FindRelation(const CatalogSnapshot& snapshot,
                                     std::string_view name) const {
  for (const Oid schema : schemas_) {
    if (RelationPtr found = snapshot.FindRelation(schema, name)) return found;
  }
  return nullptr;
}

std::shared_ptr<const Type> SearchPath::FindType(const CatalogSnapshot& snapshot,
                                                 std::string_view name) const {
  for (const Oid schema : schemas_) {
    if (auto found = snapshot.FindType(schema, name)) return found;
  }
  return nullptr;
}

}  // namespace grizzly::catalog
