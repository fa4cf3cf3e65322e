#include "catalog/text_search_objects.h"

#include <algorithm>
#include <sstream>

#include "catalog/record.h"
#include "facts/text_search.h"

namespace grizzly::catalog {
namespace {

constexpr std::string_view kMappings = "mappings";  // "token dictionary token dictionary ..."
constexpr std::string_view kCatalogSchemaName = "pg_catalog";
constexpr Oid kCatalogSchemaOid = 11;

template <typename Facts, typename NameOf>
Oid FindFact(const Facts& facts, NameOf name_of, std::string_view name) {
  const auto found = std::ranges::find_if(facts, [&](const auto& fact) { return name_of(fact) == name; });
  return found == facts.end() ? kInvalidOid : found->oid;
}

}  // namespace

Oid FindBuiltinTextSearchObject(Oid object_class, std::string_view name) {
  switch (object_class) {
    case kTextSearchConfigurationClass:
      return FindFact(facts::AllTextSearchConfigurations(), [](const auto& fact) { return fact.cfgname; }, name);
    case kTextSearchDictionaryClass:
      return FindFact(facts::AllTextSearchDictionaries(), [](const auto& fact) { return fact.dictname; }, name);
    case kTextSearchParserClass:
      return FindFact(facts::AllTextSearchParsers(), [](const auto& fact) { return fact.prsname; }, name);
    case kTextSearchTemplateClass:
      return FindFact(facts::AllTextSearchTemplates(), [](const auto& fact) { return fact.tmplname; }, name);
    default: return kInvalidOid;
  }
}

Oid BuiltinParserOf(const CatalogSnapshot& catalog, Oid parser) {
  const SchemaObjectPtr made = ObjectsOf(catalog).FindObject(kTextSearchParserClass, parser);
  if (made == nullptr) return parser;
  for (const auto& fact : facts::AllTextSearchParsers()) {
    if (fact.prstoken == made->OidProperty(kParserToken)) return fact.oid;
  }
  return kInvalidOid;
}

Oid BuiltinTemplateOf(const CatalogSnapshot& catalog, Oid dictionary_template) {
  const SchemaObjectPtr made = ObjectsOf(catalog).FindObject(kTextSearchTemplateClass, dictionary_template);
  if (made == nullptr) return dictionary_template;
  for (const auto& fact : facts::AllTextSearchTemplates()) {
    if (fact.tmpllexize == made->OidProperty(kTemplateLexize)) return fact.oid;
  }
  return kInvalidOid;
}

Oid FindTextSearchObject(const CatalogSnapshot& catalog, const SearchPath& path, Oid object_class,
                         std::span<const std::string_view> name) {
  const auto in_schema = [&](Oid schema) {
    const SchemaObjectPtr made = ObjectsOf(catalog).FindObject(object_class, schema, name.back());
    if (made != nullptr) return made->oid;
    return schema == kCatalogSchemaOid ? FindBuiltinTextSearchObject(object_class, name.back()) : kInvalidOid;
  };
  if (name.size() > 1) {
    const std::string_view schema_name = name[name.size() - 2];
    if (schema_name == kCatalogSchemaName) return in_schema(kCatalogSchemaOid);
    const Schema* schema = catalog.FindSchema(schema_name);
    return schema == nullptr ? kInvalidOid : in_schema(schema->oid);
  }
  for (const Oid schema : path.schemas()) {
    if (const Oid found = in_schema(schema); found != kInvalidOid) return found;
  }
  return kInvalidOid;
}

std::vector<types::TextSearchMapping> MappingsOf(const SchemaObject& configuration) {
  std::vector<types::TextSearchMapping> mappings;
  std::istringstream in{std::string(configuration.Property(kMappings))};
  for (types::TextSearchMapping mapping; in >> mapping.token_type >> mapping.dictionary;) {
    mappings.push_back(mapping);
  }
  return mappings;
}

std::vector<types::TextSearchMapping> MappingsOf(const CatalogSnapshot& catalog, Oid configuration) {
  const SchemaObjectPtr made =
      ObjectsOf(catalog).FindObject(kTextSearchConfigurationClass, configuration);
  if (made != nullptr) return MappingsOf(*made);
  std::vector<types::TextSearchMapping> mappings;
  for (const auto& fact : facts::AllTextSearchMappings()) {
    if (fact.mapcfg == configuration) mappings.push_back({fact.maptokentype, fact.mapdict});
  }
  return mappings;
}

void SetMappings(std::vector<types::TextSearchMapping> mappings, SchemaObject* configuration) {
  std::stable_sort(mappings.begin(), mappings.end(), [](const auto& a, const auto& b) {
    return a.token_type < b.token_type;
  });
  std::string text;
  configuration->references.clear();
  const Oid parser = configuration->OidProperty(kConfigurationParser);
  if (parser >= kFirstUserOid) {
    configuration->references.push_back({kTextSearchParserClass, parser, 0, 'n'});
  }
  for (const types::TextSearchMapping& mapping : mappings) {
    text += fmt::format("{} {} ", mapping.token_type, mapping.dictionary);
    const bool is_known = std::ranges::any_of(configuration->references, [&](const auto& reference) {
      return reference.object == mapping.dictionary;
    });
    if (mapping.dictionary < kFirstUserOid || is_known) continue;
    configuration->references.push_back({kTextSearchDictionaryClass, mapping.dictionary, 0, 'n'});
  }
  configuration->SetProperty(kMappings, std::move(text));
}

}  // namespace grizzly::catalog
