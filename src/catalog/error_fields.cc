#include "catalog/error_fields.h"

#include "catalog/relation.h"

namespace grizzly::catalog {

SqlError OfTable(SqlError error, const CatalogSnapshot& catalog, const Relation& table) {
  if (const Schema* schema = catalog.FindSchema(table.schema)) {
    error.diagnostic().schema = schema->name;
  }
  error.diagnostic().table = table.name;
  return error;
}

SqlError OfColumn(SqlError error, const CatalogSnapshot& catalog, const Relation& table,
                  std::string_view column) {
  return OfTable(std::move(error), catalog, table).Column(std::string(column));
}

SqlError OfConstraint(SqlError error, const CatalogSnapshot& catalog, const Relation& table,
                      std::string_view constraint) {
  return OfTable(std::move(error), catalog, table).Constraint(std::string(constraint));
}

}  // namespace grizzly::catalog
