// How PostgreSQL stores a type's values: what pg_type and pg_attribute tell of length and alignment.
#pragma once

#include "catalog/catalog.h"

namespace grizzly::catalog {

struct TypeShape {
  int16_t length = -1;
  bool by_value = false;
  char align = 'i';
  char storage = 'x';
};

TypeShape ShapeOf(const CatalogSnapshot& catalog, Oid type);
TypeShape ShapeOf(const CatalogSnapshot& catalog, const Type& type);

}  // namespace grizzly::catalog
