// Which schemas an unqualified name is looked up in, and what that makes visible.
//
// The schemas of the setting that exist, "$user" replaced, with the temporary schema (relations and
// types only) and pg_catalog in front unless the setting names them itself.
//
// A value; refers to schemas by oid of one snapshot, so make it anew when setting, user or catalog
// version changes.
// SOURCE   PostgreSQL 15 docs, "The Schema Search Path" and search_path
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace grizzly::catalog {

class SearchPath {
 public:
  // Only pg_catalog.
  SearchPath();
  // `schemas` as they are searched, implicit ones included.
  explicit SearchPath(std::vector<Oid> schemas) : schemas_(std::move(schemas)) {}
  // `names`: the setting, split. `temporary_schema`: the session's, or kInvalidOid.
  static SearchPath Resolve(const CatalogSnapshot& catalog, const std::vector<std::string>& names,
                            std::string_view user, Oid temporary_schema);
  // As a Definition remembers it.
  static SearchPath OfSchemas(std::vector<Oid> schemas, Oid temporary_schema);

  // In lookup order, implicit ones included.
  const std::vector<Oid>& schemas() const { return schemas_; }
  // The position of a schema in the order of search; -1 when names in it are not visible.
  int PositionOf(Oid schema) const;
  // In setting order, implicit ones left out (current_schemas(false)).
  const std::vector<Oid>& listed() const { return listed_; }
  Oid temporary_schema() const { return temporary_schema_; }
  // Where CREATE without a schema goes; throws 3F000 when the path names none that exists.
  Oid CreationSchema() const;
  bool has_creation_schema() const { return !listed_.empty(); }

  RelationPtr FindRelation(const CatalogSnapshot& catalog, std::string_view name) const;
  std::shared_ptr<const Type> FindType(const CatalogSnapshot& catalog, std::string_view name) const;
  // pg_table_is_visible, pg_type_is_visible: an unqualified mention finds this very object.
  bool IsVisible(const CatalogSnapshot& catalog, const Relation& relation) const;
  bool IsVisible(const CatalogSnapshot& catalog, const Type& type) const;

  bool operator==(const SearchPath&) const = default;

 private:
  std::vector<Oid> schemas_;
  std::vector<Oid> listed_;
  Oid temporary_schema_ = kInvalidOid;
};

// "\"$user\", public" into names: unquoted ones in lower case. Nothing when it is no list of
// identifiers (22023 invalid value for parameter "search_path").
std::optional<std::vector<std::string>> SplitIdentifierList(std::string_view text);

// ---- what Require* says ----

// Throw 42P01 `relation "x" does not exist`, 42704 `type "x" does not exist`, 3F000 `schema "x" does
// not exist`. An empty schema name means the search path.
RelationPtr RequireRelation(const CatalogSnapshot& catalog, const SearchPath& path,
                            std::string_view schema, std::string_view name, int location = -1);
std::shared_ptr<const Type> RequireType(const CatalogSnapshot& catalog, const SearchPath& path,
                                        std::string_view schema, std::string_view name,
                                        int location = -1);
const Schema& RequireSchema(const CatalogSnapshot& catalog, std::string_view name,
                            int location = -1);

}  // namespace grizzly::catalog
