// Objects as PostgreSQL writes them: quoted, qualified where the search path needs it, described.
#pragma once

#include <string>
#include <string_view>

#include "catalog/object_name.h"
#include "catalog/search_path.h"

namespace grizzly::catalog {

// quote_ident(): in double quotes if it must be.
std::string QuoteIdentifier(std::string_view name);
// quote_literal().
std::string QuoteLiteral(std::string_view text);
std::string QuoteQualified(std::string_view schema, std::string_view name);

// regclass output: the name, with its schema when not visible; the number when there is no such
// relation.
std::string FormatRelation(const CatalogSnapshot& catalog, const SearchPath& path, Oid relation);
// format_type(): "integer", "character varying(10)", "s.color[]"; "???" for an unknown oid.
std::string FormatType(const CatalogSnapshot& catalog, const SearchPath& path, Oid type,
                       int32_t typmod = types::kNoTypmod);

// An object, or a column of a relation (`sub` its number).
struct ObjectAddress {
  Oid object_class = kInvalidOid;
  Oid object = kInvalidOid;
  int32_t sub = 0;
  auto operator<=>(const ObjectAddress&) const = default;
  ObjectId id() const { return {object_class, object}; }
};

// What messages call it: "table t", "column a of table t", "constraint t_pkey on table t", "default
// value for column a of table t", "type s.color", "schema s".
std::string DescribeObject(const CatalogSnapshot& catalog, const SearchPath& path,
                           const ObjectAddress& address);
// "table", "view", "index", "sequence", ...
std::string_view RelationKindName(RelationKind kind);
// The table a constraint or default belongs to, from the edges; null when there is none.
RelationPtr OwningRelation(const CatalogSnapshot& catalog, const ObjectAddress& address);
// The domain a constraint belongs to; null when there is none.
std::shared_ptr<const Type> OwningDomain(const CatalogSnapshot& catalog,
                                         const ObjectAddress& address);

}  // namespace grizzly::catalog
