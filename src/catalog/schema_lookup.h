// Schemas by name as a session says them: pg_temp is its temporary schema, whose own name has a number.
#pragma once

#include <string_view>

#include "catalog/search_path.h"

namespace grizzly::catalog {

inline constexpr std::string_view kTemporarySchemaAlias = "pg_temp";
inline constexpr std::string_view kTemporarySchemaPrefix = "pg_temp_";

// Null: there is none.
inline const Schema* FindSchema(const CatalogSnapshot& catalog, const SearchPath& path,
                                std::string_view name) {
  if (name != kTemporarySchemaAlias) return catalog.FindSchema(name);
  const Oid temporary = path.temporary_schema();
  return temporary == kInvalidOid ? nullptr : catalog.FindSchema(temporary);
}

}  // namespace grizzly::catalog
