#include "catalog/builtin.h"

#include "catalog/record.h"
#include "facts/catalog_relations.h"
#include "facts/descriptions.h"
#include "facts/namespaces.h"
#include "facts/system_views.h"
#include "facts/types.h"

namespace grizzly::catalog {
namespace {

template <typename Object>
std::shared_ptr<const Object> FindByOid(const std::vector<std::shared_ptr<const Object>>& sorted,
                                        Oid oid) {
  auto at = std::lower_bound(sorted.begin(), sorted.end(), oid,
                             [](const auto& object, Oid key) { return object->oid < key; });
  return at != sorted.end() && (*at)->oid == oid ? *at : nullptr;
}

Type TypeOf(const facts::TypeFact& fact) {
  Type type;
  type.oid = fact.oid;
  type.schema = fact.typnamespace;
  type.name = fact.typname;
  type.owner = kBootstrapSuperuser;
  type.typtype = fact.typtype;
  type.category = fact.typcategory;
  type.preferred = fact.typispreferred;
  type.length = fact.typlen;
  type.delimiter = fact.typdelim;
  type.element = fact.typelem;
  type.array = fact.typarray;
  type.relation = fact.typrelid;
  type.base = fact.typbasetype;
  type.base_typmod = fact.typtypmod;
  type.collation = fact.typcollation;
  type.not_null = fact.typnotnull;
  type.default_value.sql = fact.typdefault;
  type.physical = types::BuiltinType(fact.oid).physical;
  return type;
}

Column ColumnOf(const facts::ColumnFact& fact) {
  Column column;
  column.name = fact.attname;
  column.type = types::BuiltinType(fact.atttypid, fact.atttypmod);
  column.type.collation = fact.attcollation;
  column.attnum = fact.attnum;
  column.not_null = fact.attnotnull;
  column.dimensions = fact.attndims;
  column.storage = fact.attstorage;
  return column;
}

IndexDefinition IndexOf(const facts::IndexFact& fact) {
  IndexDefinition index;
  index.table = fact.indrelid;
  index.unique = fact.indisunique;
  index.primary = fact.indisprimary;
  const auto columns = facts::ColumnsOf(fact.indrelid);
  for (size_t i = 0; i < fact.indkey.size(); ++i) {
    IndexDefinition::Part part;
    part.column = fact.indkey[i];
    if (part.column > 0 && static_cast<size_t>(part.column) <= columns.size()) {
      part.type = types::BuiltinType(columns[part.column - 1].atttypid);
    }
    if (i < fact.indclass.size()) part.opclass = fact.indclass[i];
    if (i < fact.indcollation.size()) part.collation = fact.indcollation[i];
    if (i < fact.indoption.size()) {
      part.descending = (fact.indoption[i] & 1) != 0;
      part.nulls_first = (fact.indoption[i] & 2) != 0;
    }
    index.parts.push_back(std::move(part));
  }
  return index;
}

// The only reloptions there are among the facts.
constexpr std::string_view kSecurityBarrier = "{security_barrier=true}";

// "CHECK ((VALUE >= 0))" without its keyword.
std::string CheckExpression(std::string_view definition) {
  constexpr std::string_view kKeyword = "CHECK ";
  if (definition.starts_with(kKeyword)) definition.remove_prefix(kKeyword.size());
  return std::string(definition);
}

ConstraintKind KindOf(char contype) { return static_cast<ConstraintKind>(contype); }

}  // namespace

const BuiltinCatalog& BuiltinCatalog::Get() {
  static const BuiltinCatalog catalog;
  return catalog;
}

BuiltinCatalog::BuiltinCatalog() {
  AddSchemas();
  AddTypes();
  AddRelations();
}

void BuiltinCatalog::AddSchemas() {
  for (const facts::NamespaceFact& fact : facts::AllNamespaces()) {
    auto schema = std::make_shared<Schema>();
    schema->oid = fact.oid;
    schema->name = fact.nspname;
    schema->owner = fact.nspowner;
    schema->comment = facts::FindDescription(kSchemaClass, fact.oid);
    if (fact.nspname == "information_schema") information_schema_ = fact.oid;
    schemas_.push_back(std::move(schema));
  }
}

void BuiltinCatalog::AddTypes() {
  for (const facts::TypeFact& fact : facts::AllTypes()) {
    auto type = std::make_shared<Type>(TypeOf(fact));
    for (const facts::ConstraintFact& constraint : facts::AllConstraints()) {
      if (constraint.contypid != fact.oid) continue;
      Constraint check;
      check.oid = constraint.oid;
      check.name = constraint.conname;
      check.check = {CheckExpression(constraint.definition), {kPgCatalogSchema}};
      type->checks.push_back(std::move(check));
    }
    types_by_name_.Set({type->schema, type->name}, type);
    types_.push_back(std::move(type));
  }
}

void BuiltinCatalog::AddRelations() {
  std::unordered_map<Oid, const facts::IndexFact*> index_of;
  std::unordered_map<Oid, std::vector<const facts::ConstraintFact*>> constraints_of;
  for (const facts::IndexFact& fact : facts::AllIndexes()) index_of[fact.indexrelid] = &fact;
  for (const facts::ConstraintFact& fact : facts::AllConstraints()) {
    if (fact.conrelid != kInvalidOid) constraints_of[fact.conrelid].push_back(&fact);
  }
  for (const facts::RelationFact& fact : facts::AllRelations()) {
    auto relation = std::make_shared<Relation>();
    relation->oid = fact.oid;
    relation->schema = fact.relnamespace;
    relation->name = fact.relname;
    relation->kind = static_cast<RelationKind>(fact.relkind);
    relation->owner = fact.relowner;
    relation->row_type = fact.reltype;
    relation->access_method = fact.relam;
    relation->version = 1;
    relation->tenant = kServerTenant;
    for (const auto& column : facts::ColumnsOf(fact.oid)) {
      relation->columns.push_back(ColumnOf(column));
    }
    for (const auto& index : facts::IndexesOf(fact.oid)) {
      relation->indexes.push_back(index.indexrelid);
    }
    if (const auto index = index_of.find(fact.oid); index != index_of.end()) {
      relation->index = IndexOf(*index->second);
    }
    for (const facts::ConstraintFact* c : constraints_of[fact.oid]) {
      Constraint constraint;
      constraint.oid = c->oid;
      constraint.name = c->conname;
      constraint.kind = KindOf(c->contype);
      constraint.columns.assign(c->conkey.begin(), c->conkey.end());
      constraint.index = c->conindid;
      relation->constraints.push_back(std::move(constraint));
    }
    if (const facts::SystemViewFact* view = facts::FindSystemView(fact.oid); view != nullptr) {
      relation->view.emplace();
      relation->view->query = {std::string(view->definition), {kPgCatalogSchema}};
      relation->view->security_barrier = fact.reloptions == kSecurityBarrier;
      if (relation->view->security_barrier) relation->options = {{"security_barrier", "true"}};
    }
    relations_by_name_.Set({relation->schema, relation->name}, relation);
    relations_.push_back(std::move(relation));
  }
}

RelationPtr BuiltinCatalog::FindRelation(Oid oid) const { return FindByOid(relations_, oid); }
std::shared_ptr<const Type> BuiltinCatalog::FindType(Oid oid) const {
  return FindByOid(types_, oid);
}

RelationPtr BuiltinCatalog::FindRelation(Oid schema, std::string_view name) const {
  const RelationPtr* found = relations_by_name_.Find(NameInSchemaView{schema, name});
  return found == nullptr ? nullptr : *found;
}

std::shared_ptr<const Type> BuiltinCatalog::FindType(Oid schema, std::string_view name) const {
  const auto* found = types_by_name_.Find(NameInSchemaView{schema, name});
  return found == nullptr ? nullptr : *found;
}

}  // namespace grizzly::catalog
