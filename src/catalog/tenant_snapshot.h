// The snapshot of one tenant: persistent maps over the built-in catalog.
//
// A copy costs a few pointers; Apply on the copy copies one path per map. So a new snapshot is: copy,
// Apply each change, SealVersion, share as const.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <unordered_map>
#include <variant>

#include "catalog/catalog.h"
#include "catalog/object_name.h"
#include "catalog/schema_object.h"
#include "types/collation.h"
#include "types/range.h"

namespace grizzly::catalog {

using TypePtr = std::shared_ptr<const Type>;
using SchemaPtr = std::shared_ptr<const Schema>;
using DependencyList = std::shared_ptr<const std::vector<Dependency>>;

// One object made, replaced (the pointer is set) or removed (it is null).
struct CatalogChange {
  ObjectId id;
  RelationPtr relation;
  SchemaPtr schema;
  TypePtr type;
  SchemaObjectPtr object;
  std::optional<Dependency> dependency;  // kDependencyClass: this one is added ...
  bool dependency_removed = false;       // ... or removed
};

// Numbers that grow from change to change, of whatever tenant or transaction: no two versions of
// anything in this process are alike.
uint64_t NextCatalogVersion();

class TenantSnapshot final : public CatalogSnapshot,
                             public SchemaObjects,
                             public types::CollationSource {
 public:
  explicit TenantSnapshot(TenantId tenant);
  TenantSnapshot(const TenantSnapshot& other);
  TenantSnapshot& operator=(const TenantSnapshot&) = delete;
  ~TenantSnapshot() override;

  // ---- making one ----
  void Apply(const CatalogChange& change);
  // Many relations at once, in any order: layouts are derived when all are there.
  void ApplyLoaded(std::vector<std::shared_ptr<Relation>> relations);
  // The edges of an object that are records of their own.
  std::vector<Dependency> StoredDependenciesOf(const ObjectId& id) const;
  void SealVersion() { version_ = NextCatalogVersion(); }

  // ---- CatalogSnapshot ----
  TenantId tenant() const override { return tenant_; }
  uint64_t version() const override { return version_; }
  RelationPtr FindRelation(Oid oid) const override;
  RelationPtr FindRelation(Oid schema, std::string_view name) const override;
  const Schema* FindSchema(Oid oid) const override;
  const Schema* FindSchema(std::string_view name) const override;
  TypePtr FindType(Oid oid) const override;
  TypePtr FindType(Oid schema, std::string_view name) const override;
  types::SqlType ResolveType(Oid oid, int32_t typmod) const override;
  const types::TypeIo* FindTypeIo(Oid oid) const override;
  std::string TypeNameOf(Oid type) const override;
  types::SqlType OrderedAs(const types::SqlType& type) const override;
  Oid ElementOf(Oid array) const override;
  Oid DomainBaseOf(Oid type) const override;
  char KindOf(Oid type) const override;
  const types::RangeKind* RangeKindOf(Oid type) const override;
  std::vector<types::EnumValue> EnumValuesOf(Oid type) const override;
  const std::vector<types::RowColumn>* RowColumnsOf(Oid type) const override;
  std::optional<types::CollationRule> CollationRuleOf(Oid collation) const override;
  std::string CollationNameOf(Oid collation) const override;
  // No expression can be evaluated down here: the session's directory checks.
  void CheckDomain(Oid, const types::Datum&) const override {}
  void ForEachRelation(const std::function<void(const RelationPtr&)>& visit) const override;
  void ForEachSchema(const std::function<void(const Schema&)>& visit) const override;
  void ForEachType(const std::function<void(const Type&)>& visit) const override;
  void ForEachDependency(const std::function<void(const Dependency&)>& visit) const override;
  std::vector<Dependency> DependenciesOf(Oid object_class, Oid object) const override;
  std::vector<Dependency> DependentsOn(Oid object_class, Oid object) const override;
  SchemaObjectPtr FindObject(Oid object_class, Oid oid) const override;
  SchemaObjectPtr FindObject(Oid object_class, Oid schema, std::string_view name) const override;
  void ForEachObject(Oid object_class,
                     const std::function<void(const SchemaObject&)>& visit) const override;
  void ForEachObjectOfAnyClass(
      const std::function<void(const SchemaObject&)>& visit) const override;
  std::string_view CommentOn(Oid object_class, Oid object) const override;
  bool HasConstraintName(Oid schema, std::string_view name) const override;

 private:
  void SetRelation(std::shared_ptr<Relation> relation);
  void RemoveRelation(Oid oid);
  void SetSchema(Oid oid, const SchemaPtr& schema);
  void SetType(Oid oid, const TypePtr& type);
  void SetObject(const ObjectId& id, const SchemaObjectPtr& object);
  void CountConstraints(Oid schema, const std::vector<Constraint>& constraints, int change);
  void SetStoredDependency(const Dependency& dependency, bool removed);
  void AddEdge(const Dependency& dependency);
  void RemoveEdge(const Dependency& dependency);
  void DeriveTable(Relation* table);
  // Its indexes are those that say so: transactions that made one each beside one another stored lists of which
  // each lacks the other's.
  void CompleteIndexes(Relation* table, const std::vector<Oid>& known) const;
  void ListIndex(const Relation& index, bool is_there);

  TenantId tenant_;
  uint64_t version_ = 0;
  OidMap<RelationPtr> relations_;
  NameMap<RelationPtr> relations_by_name_;
  OidMap<SchemaPtr> schemas_;
  NameMap<SchemaPtr> schemas_by_name_;  // schema part 0
  OidMap<TypePtr> types_;
  NameMap<TypePtr> types_by_name_;
  // Few, so that a change may copy the map.
  using ObjectsById = std::map<ObjectId, SchemaObjectPtr>;
  std::shared_ptr<const ObjectsById> objects_ = std::make_shared<const ObjectsById>();
  NameMap<int> constraint_names_;  // how many constraints have it
  ObjectMap<DependencyList> edges_from_;
  ObjectMap<DependencyList> edges_to_;
  ObjectMap<DependencyList> stored_from_;  // those of edges_from_ that are records

  // What follows from types users made, composed when first asked for.
  mutable std::mutex type_io_mutex_;
  mutable std::unordered_map<Oid, std::unique_ptr<types::TypeIo>> type_ios_;
  mutable std::unordered_map<Oid, std::unique_ptr<types::RangeKind>> range_kinds_;
  mutable std::unordered_map<Oid, std::unique_ptr<std::vector<types::RowColumn>>> row_columns_;
};

// What a relation or type needs by its own record (its table, foreign table, types ...), as pg_depend
// rows; kept by the snapshot, never stored.
std::vector<Dependency> StructuralDependencies(const Relation& relation);
std::vector<Dependency> StructuralDependencies(const Type& type);
std::vector<Dependency> StructuralDependencies(const SchemaObject& object);

}  // namespace grizzly::catalog
