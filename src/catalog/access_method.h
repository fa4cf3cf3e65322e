// How a table keeps its rows: as rows ("heap", PostgreSQL's name for it) or in columns.
#pragma once

#include "catalog/relation.h"
#include "facts/access_methods.h"

namespace grizzly::catalog {

// Ours: no row of facts/, which says what PostgreSQL has. The oid is one PostgreSQL leaves to others.
inline constexpr facts::AccessMethodFact kColumnarMethod{9950, "columnar", 0, 't'};

// Its rows lie in column segments (storage/column/), under hidden row ids: no index clusters them.
inline bool IsColumnar(const Relation& relation) {
  return relation.access_method == kColumnarMethod.amname;
}

// Or null.
inline const facts::AccessMethodFact* FindAccessMethod(std::string_view name) {
  return name == kColumnarMethod.amname ? &kColumnarMethod : facts::FindAccessMethodByName(name);
}

}  // namespace grizzly::catalog
