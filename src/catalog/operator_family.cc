#include "catalog/operator_family.h"

#include <sstream>

#include <fmt/format.h>

namespace grizzly::catalog {
namespace {

constexpr std::string_view kMembers = "members";  // "kind oid number left right member sort_family ..."

}  // namespace

std::vector<FamilyMember> MembersOf(const SchemaObject& family) {
  std::vector<FamilyMember> members;
  std::istringstream in{std::string(family.Property(kMembers))};
  for (FamilyMember each; in >> each.kind >> each.oid >> each.number >> each.left >> each.right >>
                          each.member >> each.sort_family;) {
    members.push_back(each);
  }
  return members;
}

void SetMembers(const std::vector<FamilyMember>& members, SchemaObject* family) {
  std::string text;
  for (const FamilyMember& each : members) {
    text += fmt::format("{} {} {} {} {} {} {} ", each.kind, each.oid, each.number, each.left, each.right,
                        each.member, each.sort_family);
  }
  family->SetProperty(kMembers, std::move(text));
}

SchemaObjectPtr FindOperatorFamily(const CatalogSnapshot& catalog, const SearchPath& path, Oid method,
                                   const std::vector<std::string>& name) {
  std::vector<Oid> schemas(path.schemas().begin(), path.schemas().end());
  if (name.size() > 1) {
    const Schema* schema = catalog.FindSchema(name[name.size() - 2]);
    if (schema == nullptr) return nullptr;
    schemas = {schema->oid};
  }
  for (const Oid schema : schemas) {
    Oid found = kInvalidOid;
    ObjectsOf(catalog).ForEachObject(kOperatorFamilyClass, [&](const SchemaObject& family) {
      const bool is_it = family.schema == schema && family.name == name.back() &&
                         family.OidProperty(kFamilyMethod) == method;
      if (is_it) found = family.oid;
    });
    if (found != kInvalidOid) return ObjectsOf(catalog).FindObject(kOperatorFamilyClass, found);
  }
  return nullptr;
}

}  // namespace grizzly::catalog
