#include "catalog/tenant_snapshot.h"

#include <algorithm>
#include <unordered_map>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "catalog/builtin.h"
#include "catalog/collation_object.h"
#include "catalog/composed_type_io.h"
#include "catalog/reg_type_io.h"
#include "catalog/layouts.h"
#include "catalog/record.h"
#include "catalog/schema_object.h"

namespace grizzly::catalog {

uint64_t NextCatalogVersion() {
  static std::atomic<uint64_t> last{1};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

TenantSnapshot::TenantSnapshot(TenantId tenant) : tenant_(tenant), version_(NextCatalogVersion()) {
  for (const SchemaPtr& schema : BuiltinCatalog::Get().schemas()) SetSchema(schema->oid, schema);
}

TenantSnapshot::TenantSnapshot(const TenantSnapshot& other)
    : CatalogSnapshot(other),
      tenant_(other.tenant_),
      version_(other.version_),
      relations_(other.relations_),
      relations_by_name_(other.relations_by_name_),
      schemas_(other.schemas_),
      schemas_by_name_(other.schemas_by_name_),
      types_(other.types_),
      types_by_name_(other.types_by_name_),
      objects_(other.objects_),
      constraint_names_(other.constraint_names_),
      edges_from_(other.edges_from_),
      edges_to_(other.edges_to_),
      stored_from_(other.stored_from_) {}

TenantSnapshot::~TenantSnapshot() = default;

// ---- changes ----

void TenantSnapshot::Apply(const CatalogChange& change) {
  switch (change.id.object_class) {
    case kRelationClass:
      if (change.relation == nullptr) return RemoveRelation(change.id.object);
      return SetRelation(std::make_shared<Relation>(*change.relation));
    case kSchemaClass: return SetSchema(change.id.object, change.schema);
    case kTypeClass: return SetType(change.id.object, change.type);
    case kDependencyClass:
      return SetStoredDependency(*change.dependency, change.dependency_removed);
    default: return SetObject(change.id, change.object);
  }
}

void TenantSnapshot::CompleteIndexes(Relation* table, const std::vector<Oid>& known) const {
  std::vector<Oid>& listed = table->indexes;
  for (const Oid oid : known) {
    if (std::find(listed.begin(), listed.end(), oid) != listed.end()) continue;
    const RelationPtr* index = relations_.Find(oid);
    const bool is_its = index != nullptr && (*index)->index.has_value() &&
                        (*index)->index->table == table->oid;
    if (is_its) listed.push_back(oid);
  }
  std::sort(listed.begin(), listed.end());
}

void TenantSnapshot::ListIndex(const Relation& index, bool is_there) {
  const RelationPtr* table = relations_.Find(index.index->table);
  if (table == nullptr) return;
  const std::vector<Oid>& listed = (*table)->indexes;
  const bool is_listed = std::find(listed.begin(), listed.end(), index.oid) != listed.end();
  // A table that has it already still learns of its clustering key.
  if (is_listed == is_there && !(is_there && index.index->clustered_by)) return;
  auto changed = std::make_shared<Relation>(**table);
  std::erase(changed->indexes, index.oid);
  if (is_there) {
    changed->indexes.push_back(index.oid);
    std::sort(changed->indexes.begin(), changed->indexes.end());
  }
  SetRelation(std::move(changed));
}

void TenantSnapshot::SetRelation(std::shared_ptr<Relation> relation) {
  if (const RelationPtr* old = relations_.Find(relation->oid); old != nullptr) {
    CompleteIndexes(relation.get(), (*old)->indexes);
    for (const Dependency& edge : StructuralDependencies(**old)) RemoveEdge(edge);
    CountConstraints((*old)->schema, (*old)->constraints, -1);
    relations_by_name_.Erase(NameInSchemaView{(*old)->schema, (*old)->name});
  }
  for (const Dependency& edge : StructuralDependencies(*relation)) AddEdge(edge);
  CountConstraints(relation->schema, relation->constraints, 1);
  relation->tenant = tenant_;
  if (relation->HasRows()) DeriveTable(relation.get());
  if (relation->index.has_value()) DeriveIndexLayout(relation.get(), *this);
  relation->version = NextCatalogVersion();
  const RelationPtr shared = std::move(relation);
  relations_.Set(shared->oid, shared);
  relations_by_name_.Set({shared->schema, shared->name}, shared);
  // The table learns of an index that comes after it.
  if (shared->index.has_value()) ListIndex(*shared, true);
}

void TenantSnapshot::DeriveTable(Relation* table) {
  const TrustStoredValues trust;
  DeriveRowLayouts(table, [&](Oid type) { return FindTypeIo(type); });
  table->row_key = nullptr;
  for (const Oid oid : table->indexes) {
    const RelationPtr* index = relations_.Find(oid);
    if (index != nullptr && (*index)->index.has_value() && (*index)->index->clustered_by) {
      table->row_key = RowKeyLayout(**index, *table, *this);
    }
  }
}

void TenantSnapshot::ApplyLoaded(std::vector<std::shared_ptr<Relation>> relations) {
  for (const auto& relation : relations) {
    relation->tenant = tenant_;
    relation->version = NextCatalogVersion();
    relations_.Set(relation->oid, relation);
    relations_by_name_.Set({relation->schema, relation->name}, relation);
    for (const Dependency& edge : StructuralDependencies(*relation)) AddEdge(edge);
    CountConstraints(relation->schema, relation->constraints, 1);
  }
  // Nobody else has seen these objects yet, so they are filled in where they are.
  std::unordered_map<Oid, std::vector<Oid>> indexes_of;
  for (const auto& relation : relations) {
    if (relation->index.has_value()) indexes_of[relation->index->table].push_back(relation->oid);
  }
  for (const auto& relation : relations) {
    const auto known = indexes_of.find(relation->oid);
    if (known != indexes_of.end()) CompleteIndexes(relation.get(), known->second);
  }
  for (const auto& relation : relations) {
    if (relation->HasRows()) DeriveTable(relation.get());
  }
  for (const auto& relation : relations) {
    if (relation->index.has_value()) DeriveIndexLayout(relation.get(), *this);
  }
}

void TenantSnapshot::RemoveRelation(Oid oid) {
  const RelationPtr* found = relations_.Find(oid);
  if (found == nullptr) return;
  const RelationPtr old = *found;
  for (const Dependency& edge : StructuralDependencies(*old)) RemoveEdge(edge);
  CountConstraints(old->schema, old->constraints, -1);
  const RelationPtr* named = relations_by_name_.Find(NameInSchemaView{old->schema, old->name});
  if (named != nullptr && (*named)->oid == oid) {
    relations_by_name_.Erase(NameInSchemaView{old->schema, old->name});
  }
  relations_.Erase(oid);
  if (old->index.has_value()) ListIndex(*old, false);
}

void TenantSnapshot::SetSchema(Oid oid, const SchemaPtr& schema) {
  if (const SchemaPtr* old = schemas_.Find(oid); old != nullptr) {
    schemas_by_name_.Erase(NameInSchemaView{kInvalidOid, (*old)->name});
    if (schema == nullptr) schemas_.Erase(oid);
  }
  if (schema == nullptr) return;
  schemas_.Set(oid, schema);
  schemas_by_name_.Set({kInvalidOid, schema->name}, schema);
}

void TenantSnapshot::SetType(Oid oid, const TypePtr& type) {
  if (const TypePtr* found = types_.Find(oid); found != nullptr) {
    const TypePtr old = *found;
    for (const Dependency& edge : StructuralDependencies(*old)) RemoveEdge(edge);
    CountConstraints(old->schema, old->checks, -1);
    const TypePtr* named = types_by_name_.Find(NameInSchemaView{old->schema, old->name});
    if (named != nullptr && (*named)->oid == oid) {
      types_by_name_.Erase(NameInSchemaView{old->schema, old->name});
    }
    if (type == nullptr) types_.Erase(oid);
  }
  if (type == nullptr) return;
  types_.Set(oid, type);
  types_by_name_.Set({type->schema, type->name}, type);
  for (const Dependency& edge : StructuralDependencies(*type)) AddEdge(edge);
  CountConstraints(type->schema, type->checks, 1);
}

void TenantSnapshot::SetObject(const ObjectId& id, const SchemaObjectPtr& object) {
  GRIZZLY_CHECK(IsSchemaObjectClass(id.object_class));
  auto changed = std::make_shared<ObjectsById>(*objects_);
  if (const auto old = changed->find(id); old != changed->end()) {
    for (const Dependency& edge : StructuralDependencies(*old->second)) RemoveEdge(edge);
    changed->erase(old);
  }
  if (object != nullptr) {
    for (const Dependency& edge : StructuralDependencies(*object)) AddEdge(edge);
    changed->emplace(id, object);
  }
  objects_ = std::move(changed);
}

void TenantSnapshot::CountConstraints(Oid schema, const std::vector<Constraint>& constraints,
                                      int change) {
  for (const Constraint& constraint : constraints) {
    const NameInSchemaView name{schema, constraint.name};
    const int* old = constraint_names_.Find(name);
    const int count = (old == nullptr ? 0 : *old) + change;
    if (count == 0) {
      constraint_names_.Erase(name);
    } else {
      constraint_names_.Set({schema, constraint.name}, count);
    }
  }
}

namespace {

bool SameEdge(const Dependency& a, const Dependency& b) {
  return a.dependent_class == b.dependent_class && a.dependent == b.dependent &&
         a.dependent_sub == b.dependent_sub && a.referenced_class == b.referenced_class &&
         a.referenced == b.referenced && a.referenced_sub == b.referenced_sub && a.type == b.type;
}

void AddTo(ObjectMap<DependencyList>& edges, const ObjectId& id, const Dependency& dependency) {
  const DependencyList* old = edges.Find(id);
  auto list = old == nullptr ? std::make_shared<std::vector<Dependency>>()
                             : std::make_shared<std::vector<Dependency>>(**old);
  list->push_back(dependency);
  edges.Set(id, std::move(list));
}

void RemoveFrom(ObjectMap<DependencyList>& edges, const ObjectId& id, const Dependency& gone) {
  const DependencyList* old = edges.Find(id);
  if (old == nullptr) return;
  auto list = std::make_shared<std::vector<Dependency>>(**old);
  const auto at = std::find_if(list->begin(), list->end(),
                               [&](const Dependency& d) { return SameEdge(d, gone); });
  if (at != list->end()) list->erase(at);
  if (list->empty()) {
    edges.Erase(id);
  } else {
    edges.Set(id, std::move(list));
  }
}

}  // namespace

void TenantSnapshot::SetStoredDependency(const Dependency& d, bool removed) {
  const ObjectId dependent{d.dependent_class, d.dependent};
  if (removed) {
    RemoveFrom(stored_from_, dependent, d);
    RemoveEdge(d);
  } else {
    AddTo(stored_from_, dependent, d);
    AddEdge(d);
  }
}

std::vector<Dependency> TenantSnapshot::StoredDependenciesOf(const ObjectId& id) const {
  const DependencyList* list = stored_from_.Find(id);
  return list == nullptr ? std::vector<Dependency>() : **list;
}

void TenantSnapshot::AddEdge(const Dependency& d) {
  AddTo(edges_from_, {d.dependent_class, d.dependent}, d);
  AddTo(edges_to_, {d.referenced_class, d.referenced}, d);
}

void TenantSnapshot::RemoveEdge(const Dependency& d) {
  RemoveFrom(edges_from_, {d.dependent_class, d.dependent}, d);
  RemoveFrom(edges_to_, {d.referenced_class, d.referenced}, d);
}

// ---- lookups ----

RelationPtr TenantSnapshot::FindRelation(Oid oid) const {
  if (oid < kFirstUserOid) return BuiltinCatalog::Get().FindRelation(oid);
  const RelationPtr* found = relations_.Find(oid);
  return found == nullptr ? nullptr : *found;
}

RelationPtr TenantSnapshot::FindRelation(Oid schema, std::string_view name) const {
  const RelationPtr* found = relations_by_name_.Find(NameInSchemaView{schema, name});
  if (found != nullptr) return *found;
  if (schema >= kFirstUserOid || schema == kPublicSchema) return nullptr;
  return BuiltinCatalog::Get().FindRelation(schema, name);
}

const Schema* TenantSnapshot::FindSchema(Oid oid) const {
  const SchemaPtr* found = schemas_.Find(oid);
  return found == nullptr ? nullptr : found->get();
}

const Schema* TenantSnapshot::FindSchema(std::string_view name) const {
  const SchemaPtr* found = schemas_by_name_.Find(NameInSchemaView{kInvalidOid, name});
  return found == nullptr ? nullptr : found->get();
}

TypePtr TenantSnapshot::FindType(Oid oid) const {
  if (oid < kFirstUserOid) return BuiltinCatalog::Get().FindType(oid);
  const TypePtr* found = types_.Find(oid);
  return found == nullptr ? nullptr : *found;
}

TypePtr TenantSnapshot::FindType(Oid schema, std::string_view name) const {
  const TypePtr* found = types_by_name_.Find(NameInSchemaView{schema, name});
  if (found != nullptr) return *found;
  if (schema >= kFirstUserOid || schema == kPublicSchema) return nullptr;
  return BuiltinCatalog::Get().FindType(schema, name);
}

types::SqlType TenantSnapshot::ResolveType(Oid oid, int32_t typmod) const {
  if (oid < kFirstUserOid) return types::BuiltinType(oid, typmod);
  const TypePtr type = FindType(oid);
  if (type == nullptr) {
    throw SqlError(SqlState::kInternalError, fmt::format("cache lookup failed for type {}", oid));
  }
  return {oid, typmod, type->collation, type->physical};
}

const types::TypeIo* TenantSnapshot::FindTypeIo(Oid oid) const {
  if (const types::TypeIo* builtin = types::BuiltinTypeIo(oid); builtin != nullptr) return builtin;
  {
    const std::lock_guard lock(type_io_mutex_);
    const auto found = type_ios_.find(oid);
    if (found != type_ios_.end()) return found->second.get();
  }
  const TypePtr type = FindType(oid);
  if (type == nullptr) return nullptr;
  // Composed outside the lock: its parts come through here, too. The first one made stays.
  std::unique_ptr<types::TypeIo> made;
  if (IsRegType(oid)) {
    made = std::make_unique<RegTypeIo>(*this, oid);
  } else {
    made = ComposeTypeIo(*this, type);
  }
  if (made == nullptr) return nullptr;
  const std::lock_guard lock(type_io_mutex_);
  return type_ios_.try_emplace(oid, std::move(made)).first->second.get();
}

void TenantSnapshot::ForEachRelation(const std::function<void(const RelationPtr&)>& visit) const {
  for (const RelationPtr& relation : BuiltinCatalog::Get().relations()) visit(relation);
  relations_.ForEach([&](Oid, const RelationPtr& relation) { visit(relation); });
}

void TenantSnapshot::ForEachSchema(const std::function<void(const Schema&)>& visit) const {
  schemas_.ForEach([&](Oid, const SchemaPtr& schema) { visit(*schema); });
}

void TenantSnapshot::ForEachType(const std::function<void(const Type&)>& visit) const {
  for (const TypePtr& type : BuiltinCatalog::Get().types()) visit(*type);
  types_.ForEach([&](Oid, const TypePtr& type) { visit(*type); });
}

void TenantSnapshot::ForEachDependency(
    const std::function<void(const Dependency&)>& visit) const {
  edges_from_.ForEach([&](const ObjectId&, const DependencyList& list) {
    for (const Dependency& dependency : *list) visit(dependency);
  });
}

std::vector<Dependency> TenantSnapshot::DependenciesOf(Oid object_class, Oid object) const {
  const DependencyList* list = edges_from_.Find(ObjectId{object_class, object});
  return list == nullptr ? std::vector<Dependency>() : **list;
}

std::vector<Dependency> TenantSnapshot::DependentsOn(Oid object_class, Oid object) const {
  const DependencyList* list = edges_to_.Find(ObjectId{object_class, object});
  return list == nullptr ? std::vector<Dependency>() : **list;
}

std::string TenantSnapshot::CollationNameOf(Oid collation) const {
  const SchemaObjectPtr object = FindObject(kCollationClass, collation);
  return object == nullptr ? std::string() : object->name;
}

std::optional<types::CollationRule> TenantSnapshot::CollationRuleOf(Oid collation) const {
  const SchemaObjectPtr object = FindObject(kCollationClass, collation);
  if (object == nullptr) return std::nullopt;
  types::CollationRule rule;
  if (object->Property(kCollationProvider) == "i") rule.locale = object->Property(kCollationIcuLocale);
  rule.deterministic = object->Property(kCollationDeterministic) != "f";
  return rule;
}

SchemaObjectPtr TenantSnapshot::FindObject(Oid object_class, Oid oid) const {
  const auto found = objects_->find({object_class, oid});
  return found == objects_->end() ? nullptr : found->second;
}

SchemaObjectPtr TenantSnapshot::FindObject(Oid object_class, Oid schema,
                                           std::string_view name) const {
  for (auto at = objects_->lower_bound({object_class, 0});
       at != objects_->end() && at->first.object_class == object_class; ++at) {
    if (at->second->schema == schema && at->second->name == name) return at->second;
  }
  return nullptr;
}

void TenantSnapshot::ForEachObject(Oid object_class,
                                   const std::function<void(const SchemaObject&)>& visit) const {
  for (auto at = objects_->lower_bound({object_class, 0});
       at != objects_->end() && at->first.object_class == object_class; ++at) {
    visit(*at->second);
  }
}

void TenantSnapshot::ForEachObjectOfAnyClass(
    const std::function<void(const SchemaObject&)>& visit) const {
  for (const auto& [id, object] : *objects_) visit(*object);
}

std::string_view TenantSnapshot::CommentOn(Oid object_class, Oid object) const {
  for (auto at = objects_->lower_bound({kDescriptionClass, 0});
       at != objects_->end() && at->first.object_class == kDescriptionClass; ++at) {
    const std::vector<Oid>& described = at->second->types;
    if (described[0] == object_class && described[1] == object) return at->second->comment;
  }
  return {};
}

bool TenantSnapshot::HasConstraintName(Oid schema, std::string_view name) const {
  return constraint_names_.Find(NameInSchemaView{schema, name}) != nullptr;
}

}  // namespace grizzly::catalog
