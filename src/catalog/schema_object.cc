#include "catalog/schema_object.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error/check.h"
#include "base/error/sql_error.h"
#include "catalog/object_text.h"
#include "catalog/operator_family.h"
#include "catalog/record.h"
#include "facts/access_methods.h"
#include "facts/collations.h"
#include "facts/namespaces.h"

namespace grizzly::catalog {

const SchemaObjects& ObjectsOf(const CatalogSnapshot& snapshot) {
  const auto* objects = dynamic_cast<const SchemaObjects*>(&snapshot);
  GRIZZLY_CHECK(objects != nullptr);
  return *objects;
}

SchemaObjectEditor& ObjectEditorOf(CatalogEditor& editor) {
  auto* objects = dynamic_cast<SchemaObjectEditor*>(&editor);
  GRIZZLY_CHECK(objects != nullptr);
  return *objects;
}

std::string_view SchemaObject::Property(std::string_view property) const {
  for (const auto& [name, value] : properties) {
    if (name == property) return value;
  }
  return {};
}

Oid SchemaObject::OidProperty(std::string_view property) const {
  const std::string_view text = Property(property);
  Oid oid = kInvalidOid;
  std::from_chars(text.data(), text.data() + text.size(), oid);
  return oid;
}

void SchemaObject::SetProperty(std::string_view property, std::string value) {
  for (auto& [name, known] : properties) {
    if (name != property) continue;
    known = std::move(value);
    return;
  }
  properties.emplace_back(property, std::move(value));
}

std::string_view SchemaObjectKind(Oid object_class) {
  switch (object_class) {
    case kCollationClass: return "collation";
    case kConversionClass: return "conversion";
    case kExtendedStatisticsClass: return "statistics object";
    case kTextSearchDictionaryClass: return "text search dictionary";
    case kTextSearchConfigurationClass: return "text search configuration";
    case kTextSearchParserClass: return "text search parser";
    case kTextSearchTemplateClass: return "text search template";
    case kOperatorClass: return "operator";
    case kOperatorClassClass: return "operator class";
    case kOperatorFamilyClass: return "operator family";
    case kProcClass: return "function";
    case kCastClass: return "cast";
    default: return "object";
  }
}

SchemaObjectPtr FindObjectByName(const CatalogSnapshot& catalog, const SearchPath& path,
                                 Oid object_class, std::span<const std::string_view> name) {
  if (name.size() > 1) {
    const Schema* schema = catalog.FindSchema(name[name.size() - 2]);
    return schema == nullptr ? nullptr : ObjectsOf(catalog).FindObject(object_class, schema->oid, name.back());
  }
  for (const Oid schema : path.schemas()) {
    if (SchemaObjectPtr found = ObjectsOf(catalog).FindObject(object_class, schema, name.back())) return found;
  }
  return nullptr;
}

std::string FormatObjectName(const CatalogSnapshot& catalog, const SearchPath& path,
                             const SchemaObject& object) {
  if (object.schema == kInvalidOid) return QuoteIdentifier(object.name);
  const std::string_view name[] = {object.name};
  const SchemaObjectPtr seen = FindObjectByName(catalog, path, object.object_class, name);
  const Schema* schema = catalog.FindSchema(object.schema);
  if ((seen != nullptr && seen->schema == object.schema) || schema == nullptr) {
    return QuoteIdentifier(object.name);
  }
  return QuoteQualified(schema->name, object.name);
}

std::string DescribeSchemaObject(const CatalogSnapshot& catalog, const SearchPath& path,
                                 const SchemaObject& object) {
  std::vector<std::string> types;
  for (const Oid type : object.types) {
    types.push_back(type == kInvalidOid ? "none" : FormatType(catalog, path, type));
  }
  switch (object.object_class) {
    case kCastClass:
      if (types.size() == 2) return fmt::format("cast from {} to {}", types[0], types[1]);
      break;
    case kOperatorFamilyClass: {
      const facts::AccessMethodFact* method = facts::FindAccessMethod(object.OidProperty(kFamilyMethod));
      return fmt::format("operator family {} for access method {}", FormatObjectName(catalog, path, object),
                         method == nullptr ? "?" : method->amname);
    }
    case kOperatorClass:
      return fmt::format("operator {}({})", object.name, fmt::join(types, ","));
    case kProcClass:
      return fmt::format("function {}({})", FormatObjectName(catalog, path, object),
                         fmt::join(types, ","));
    default: break;
  }
  return fmt::format("{} {}", SchemaObjectKind(object.object_class),
                     FormatObjectName(catalog, path, object));
}

// ---- collations ----

Oid FindCollation(const CatalogSnapshot& catalog, const SearchPath& path,
                  std::span<const std::string_view> name) {
  if (name.empty()) return kInvalidOid;
  if (const SchemaObjectPtr made = FindObjectByName(catalog, path, kCollationClass, name)) {
    return made->oid;
  }
  if (name.size() > 1 && name[name.size() - 2] != "pg_catalog") return kInvalidOid;
  const facts::CollationFact* fact = facts::FindCollationByName(name.back());
  return fact == nullptr ? kInvalidOid : fact->oid;
}

Oid RequireCollation(const CatalogSnapshot& catalog, const SearchPath& path,
                     std::span<const std::string_view> name, int location) {
  const Oid found = FindCollation(catalog, path, name);
  if (found != kInvalidOid) return found;
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("collation \"{}\" for encoding \"UTF8\" does not exist",
                             fmt::join(name, ".")))
      .At(location);
}

std::string CollationName(const CatalogSnapshot& catalog, Oid collation) {
  if (const facts::CollationFact* fact = facts::FindCollation(collation)) {
    return std::string(fact->collname);
  }
  const SchemaObjectPtr made = ObjectsOf(catalog).FindObject(kCollationClass, collation);
  return made == nullptr ? std::string() : made->name;
}

std::string FormatCollation(const CatalogSnapshot& catalog, const SearchPath& path,
                            Oid collation) {
  if (const facts::CollationFact* fact = facts::FindCollation(collation)) {
    return QuoteIdentifier(fact->collname);
  }
  const SchemaObjectPtr made = ObjectsOf(catalog).FindObject(kCollationClass, collation);
  return made == nullptr ? std::to_string(collation) : FormatObjectName(catalog, path, *made);
}

}  // namespace grizzly::catalog
