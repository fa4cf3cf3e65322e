#include "catalog/object_text.h"

#include "catalog/record.h"
#include "catalog/schema_object.h"
#include "facts/keywords.h"
#include "types/type_name.h"

namespace grizzly::catalog {

std::string QuoteIdentifier(std::string_view name) {
  if (!facts::IdentifierNeedsQuotes(name)) return std::string(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

std::string QuoteLiteral(std::string_view text) {
  std::string quoted = text.find('\\') == std::string_view::npos ? "'" : "E'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted.push_back(c);
    quoted.push_back(c);
  }
  quoted.push_back('\'');
  return quoted;
}

std::string QuoteQualified(std::string_view schema, std::string_view name) {
  return QuoteIdentifier(schema) + "." + QuoteIdentifier(name);
}

namespace {

std::string_view SchemaName(const CatalogSnapshot& catalog, Oid schema) {
  const Schema* found = catalog.FindSchema(schema);
  return found == nullptr ? std::string_view() : std::string_view(found->name);
}

template <typename Object>
std::string NameAsSeen(const CatalogSnapshot& catalog, const SearchPath& path,
                       const Object& object) {
  if (path.IsVisible(catalog, object)) return QuoteIdentifier(object.name);
  return QuoteQualified(SchemaName(catalog, object.schema), object.name);
}

const Constraint* FindConstraint(const Relation& relation, Oid oid) {
  for (const Constraint& constraint : relation.constraints) {
    if (constraint.oid == oid) return &constraint;
  }
  return nullptr;
}

std::string DescribeRelation(const CatalogSnapshot& catalog, const SearchPath& path,
                             const Relation& relation) {
  return fmt::format("{} {}", RelationKindName(relation.kind),
                     NameAsSeen(catalog, path, relation));
}

std::string DescribeColumn(const CatalogSnapshot& catalog, const SearchPath& path,
                           const Relation& relation, int32_t attnum) {
  const bool known = attnum > 0 && static_cast<size_t>(attnum) <= relation.columns.size();
  return fmt::format("column {} of {}",
                     known ? QuoteIdentifier(relation.columns[attnum - 1].name)
                           : std::to_string(attnum),
                     DescribeRelation(catalog, path, relation));
}

std::string DescribeConstraint(const CatalogSnapshot& catalog, const SearchPath& path,
                               const ObjectAddress& address) {
  const RelationPtr table = OwningRelation(catalog, address);
  const Constraint* constraint =
      table == nullptr ? nullptr : FindConstraint(*table, address.object);
  if (constraint != nullptr) {
    return fmt::format("constraint {} on {}", QuoteIdentifier(constraint->name),
                       DescribeRelation(catalog, path, *table));
  }
  if (const auto domain = OwningDomain(catalog, address)) {
    for (const Constraint& check : domain->checks) {
      if (check.oid == address.object) return "constraint " + QuoteIdentifier(check.name);
    }
  }
  return fmt::format("constraint {}", address.object);
}

std::string DescribeDefault(const CatalogSnapshot& catalog, const SearchPath& path,
                            const ObjectAddress& address) {
  for (const Dependency& edge : catalog.DependenciesOf(kDefaultClass, address.object)) {
    if (edge.type != 'a' || edge.referenced_class != kRelationClass) continue;
    const RelationPtr table = catalog.FindRelation(edge.referenced);
    if (table == nullptr) continue;
    return "default value for " + DescribeColumn(catalog, path, *table, edge.referenced_sub);
  }
  return fmt::format("default value {}", address.object);
}

}  // namespace

std::string_view RelationKindName(RelationKind kind) {
  switch (kind) {
    case RelationKind::kTable:
    case RelationKind::kPartitionedTable: return "table";
    case RelationKind::kIndex:
    case RelationKind::kPartitionedIndex: return "index";
    case RelationKind::kSequence: return "sequence";
    case RelationKind::kView: return "view";
    case RelationKind::kMaterializedView: return "materialized view";
    case RelationKind::kCompositeType: return "composite type";
    case RelationKind::kForeignTable: return "foreign table";
  }
  return "relation";
}

RelationPtr OwningRelation(const CatalogSnapshot& catalog, const ObjectAddress& address) {
  for (const Dependency& edge : catalog.DependenciesOf(address.object_class, address.object)) {
    if (edge.type == 'a' && edge.referenced_class == kRelationClass) {
      return catalog.FindRelation(edge.referenced);
    }
  }
  return nullptr;
}

std::shared_ptr<const Type> OwningDomain(const CatalogSnapshot& catalog,
                                         const ObjectAddress& address) {
  for (const Dependency& edge : catalog.DependenciesOf(address.object_class, address.object)) {
    if (edge.type == 'a' && edge.referenced_class == kTypeClass) {
      return catalog.FindType(edge.referenced);
    }
  }
  return nullptr;
}

std::string FormatRelation(const CatalogSnapshot& catalog, const SearchPath& path, Oid oid) {
  const RelationPtr relation = catalog.FindRelation(oid);
  return relation == nullptr ? std::to_string(oid) : NameAsSeen(catalog, path, *relation);
}

std::string FormatType(const CatalogSnapshot& catalog, const SearchPath& path, Oid oid,
                       int32_t typmod) {
  if (oid == kInvalidOid) return "-";
  const auto type = catalog.FindType(oid);
  if (type == nullptr) return "???";
  if (oid < kFirstUserOid) return types::TypeName(oid, typmod);
  if (type->element != kInvalidOid && type->category == 'A') {
    return FormatType(catalog, path, type->element, typmod) + "[]";
  }
  return NameAsSeen(catalog, path, *type);
}

std::string DescribeObject(const CatalogSnapshot& catalog, const SearchPath& path,
                           const ObjectAddress& address) {
  switch (address.object_class) {
    case kRelationClass: {
      const RelationPtr relation = catalog.FindRelation(address.object);
      if (relation == nullptr) return fmt::format("relation {}", address.object);
      if (address.sub != 0) return DescribeColumn(catalog, path, *relation, address.sub);
      return DescribeRelation(catalog, path, *relation);
    }
    case kTypeClass: return "type " + FormatType(catalog, path, address.object);
    case kSchemaClass:
      return "schema " + QuoteIdentifier(SchemaName(catalog, address.object));
    case kConstraintClass: return DescribeConstraint(catalog, path, address);
    case kDefaultClass: return DescribeDefault(catalog, path, address);
    default: break;
  }
  const SchemaObjectPtr object = ObjectsOf(catalog).FindObject(address.object_class, address.object);
  if (object != nullptr) return DescribeSchemaObject(catalog, path, *object);
  return fmt::format("object {} of class {}", address.object, address.object_class);
}

}  // namespace grizzly::catalog
