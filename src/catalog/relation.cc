#include "catalog/relation.h"

namespace grizzly::catalog {

const Column* Relation::FindColumn(std::string_view column_name) const {
  for (const Column& column : columns) {
    if (!column.dropped && column.name == column_name) return &column;
  }
  return nullptr;
}

}  // namespace grizzly::catalog
