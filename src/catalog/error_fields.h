// Which object an error is about, as fields that drivers read: schema, table, column, constraint, type.
//
//   throw OfConstraint(SqlError(SqlState::kCheckViolation, ...), catalog, table, check.name);
//
// THREADS  pure.
// SOURCE   PostgreSQL 15 docs, "Error and Notice Message Fields"
#pragma once

#include <string_view>

#include "base/error/sql_error.h"
#include "catalog/catalog.h"

namespace grizzly::catalog {

// Each fills its fields and hands the error on.
SqlError OfTable(SqlError error, const CatalogSnapshot& catalog, const Relation& table);
SqlError OfColumn(SqlError error, const CatalogSnapshot& catalog, const Relation& table,
                  std::string_view column);
// Of the table's own constraints or indexes.
SqlError OfConstraint(SqlError error, const CatalogSnapshot& catalog, const Relation& table,
                      std::string_view constraint);

}  // namespace grizzly::catalog
