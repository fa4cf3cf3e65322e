// Whether the search path finds an object without its schema's name: pg_table_is_visible and its kin.
#include <algorithm>

#include "catalog/record.h"
#include "catalog/schema_object.h"
#include "facts/access_methods.h"
#include "facts/collations.h"
#include "facts/conversions.h"
#include "facts/operators.h"
#include "facts/procs.h"
#include "facts/text_search.h"
#include "session/client_session.h"
#include "session/services.h"

namespace grizzly::session {
namespace {

constexpr Oid kCatalogSchema = 11;
constexpr Oid kOperatorFamilyClass = 2753;

template <typename Fact>
bool Holds(std::span<const Fact> facts, Oid object) {
  return std::any_of(facts.begin(), facts.end(), [&](const Fact& fact) { return fact.oid == object; });
}

// All of them are in pg_catalog.
bool IsBuiltIn(Oid catalog, Oid object) {
  switch (catalog) {
    case catalog::kProcClass: return facts::FindProc(object) != nullptr;
    case catalog::kOperatorClass: return facts::FindOperator(object) != nullptr;
    case catalog::kOperatorClassClass: return facts::FindOpclass(object) != nullptr;
    case kOperatorFamilyClass: return facts::FindOpfamily(object) != nullptr;
    case catalog::kCollationClass: return facts::FindCollation(object) != nullptr;
    case catalog::kConversionClass: return Holds(facts::AllConversions(), object);
    case catalog::kTextSearchParserClass: return Holds(facts::AllTextSearchParsers(), object);
    case catalog::kTextSearchDictionaryClass: return Holds(facts::AllTextSearchDictionaries(), object);
    case catalog::kTextSearchConfigurationClass:
      return Holds(facts::AllTextSearchConfigurations(), object);
    case catalog::kTextSearchTemplateClass: return Holds(facts::AllTextSearchTemplates(), object);
    default: return false;
  }
}

}  // namespace

std::optional<bool> Services::IsVisible(Oid catalog_oid, Oid object) {
  const catalog::SnapshotPtr snapshot = session_.Snapshot();
  const catalog::SearchPath& path = session_.CurrentSearchPath(*snapshot);
  if (catalog_oid == catalog::kRelationClass) {
    const catalog::RelationPtr relation = snapshot->FindRelation(object);
    if (relation == nullptr) return std::nullopt;
    return path.IsVisible(*snapshot, *relation);
  }
  if (catalog_oid == catalog::kTypeClass) {
    const auto type = snapshot->FindType(object);
    if (type == nullptr) return std::nullopt;
    return path.IsVisible(*snapshot, *type);
  }
  const catalog::SchemaObjectPtr made = catalog::ObjectsOf(*snapshot).FindObject(catalog_oid, object);
  if (made != nullptr) return path.PositionOf(made->schema) >= 0;
  if (!IsBuiltIn(catalog_oid, object)) return std::nullopt;
  return path.PositionOf(kCatalogSchema) >= 0;
}

}  // namespace grizzly::session
