// What every database has from the start: the schemas, types and relations of pg_catalog and
// information_schema, made from the facts once per process.
//
// THREADS  made at first use, constant afterwards.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/object_name.h"

namespace grizzly::catalog {

inline constexpr Oid kPgCatalogSchema = 11;
inline constexpr Oid kPgToastSchema = 99;
inline constexpr Oid kPublicSchema = 2200;
inline constexpr Oid kBootstrapSuperuser = 10;

class BuiltinCatalog {
 public:
  static const BuiltinCatalog& Get();

  RelationPtr FindRelation(Oid oid) const;
  RelationPtr FindRelation(Oid schema, std::string_view name) const;
  std::shared_ptr<const Type> FindType(Oid oid) const;
  std::shared_ptr<const Type> FindType(Oid schema, std::string_view name) const;

  // Each by oid.
  const std::vector<RelationPtr>& relations() const { return relations_; }
  const std::vector<std::shared_ptr<const Type>>& types() const { return types_; }
  const std::vector<std::shared_ptr<const Schema>>& schemas() const { return schemas_; }
  Oid information_schema() const { return information_schema_; }

 private:
  BuiltinCatalog();
  void AddSchemas();
  void AddTypes();
  void AddRelations();

  std::vector<std::shared_ptr<const Schema>> schemas_;
  std::vector<std::shared_ptr<const Type>> types_;
  std::vector<RelationPtr> relations_;
  NameMap<RelationPtr> relations_by_name_;
  NameMap<std::shared_ptr<const Type>> types_by_name_;
  Oid information_schema_ = kInvalidOid;
};

}  // namespace grizzly::catalog
