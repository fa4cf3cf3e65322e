// Where unqualified names are looked up: schemas in order, the implicit ones included.
//
// A value made by the session (or by a Definition) for one snapshot; copied freely.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids/ids.h"
#include "catalog/catalog.h"

namespace grizzly::catalog {

class SearchPath {
 public:
  SearchPath() = default;
  // `schemas` as they are searched: pg_catalog in front unless the setting places it elsewhere.
  explicit SearchPath(std::vector<Oid> schemas) : schemas_(std::move(schemas)) {}

  const std::vector<Oid>& schemas() const { return schemas_; }
  // The position of a schema in the order of search; -1 when names in it are not visible.
  int PositionOf(Oid schema) const;

  // The first schema that has the name wins; null when none has.
  RelationPtr FindRelation(const CatalogSnapshot& snapshot, std::string_view name) const;
  std::shared_ptr<const Type> FindType(const CatalogSnapshot& snapshot,
                                       std::string_view name) const;

 private:
  std::vector<Oid> schemas_;
};

}  // namespace grizzly::catalog
