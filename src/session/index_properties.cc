// What access methods, indexes and their columns can do: pg_indexam_has_property and its like.
//
// SOURCE   PostgreSQL 15 docs, tables 9.72 to 9.74; a running PostgreSQL 15
#include <strings.h>

#include <algorithm>

#include "facts/access_methods.h"
#include "session/client_session.h"
#include "session/system_functions.h"

namespace grizzly::session {
namespace {

using types::Datum;

bool EqualFold(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

struct Property {
  std::string_view name;
  bool holds;
};

Datum FindProperty(std::span<const Property> properties, std::string_view name) {
  for (const Property& property : properties) {
    if (EqualFold(property.name, name)) return Datum::Of(property.holds);
  }
  return Datum::Null();
}

struct MethodProperties {
  std::string_view method;
  // of the method
  bool can_order, can_unique, can_multi_col, can_exclude, can_include;
  // of its indexes
  bool clusterable, index_scan, backward_scan;
  // of their columns
  bool search_array, search_nulls;
};
constexpr MethodProperties kMethods[] = {
    {"btree", true, true, true, true, true, true, true, true, true, true},
    {"hash", false, false, false, true, false, false, true, true, false, false},
    {"gist", false, false, true, true, true, true, true, false, false, true},
    {"spgist", false, false, false, true, true, false, true, false, false, true},
    {"gin", false, false, true, false, false, false, false, false, false, false},
    {"brin", false, false, true, false, false, false, false, false, false, true},
};

const MethodProperties* FindMethod(std::string_view name) {
  const auto found = std::ranges::find(kMethods, name, &MethodProperties::method);
  return found == std::end(kMethods) ? nullptr : found;
}

Datum MethodProperty(const SystemCall& call) {
  const facts::AccessMethodFact* fact = facts::FindAccessMethod(call.OidAt(0));
  const MethodProperties* method = fact == nullptr ? nullptr : FindMethod(fact->amname);
  if (method == nullptr) return Datum::Null();
  const Property properties[] = {{"can_order", method->can_order},
                                 {"can_unique", method->can_unique},
                                 {"can_multi_col", method->can_multi_col},
                                 {"can_exclude", method->can_exclude},
                                 {"can_include", method->can_include}};
  return FindProperty(properties, call.TextAt(1));
}

catalog::RelationPtr FindIndex(const SystemCall& call, const MethodProperties** method) {
  catalog::RelationPtr index = call.session.Snapshot()->FindRelation(call.OidAt(0));
  if (index == nullptr || !index->index.has_value()) return nullptr;
  *method = FindMethod(index->index->access_method);
  return *method == nullptr ? nullptr : index;
}

Datum IndexProperty(const SystemCall& call) {
  const MethodProperties* method = nullptr;
  if (FindIndex(call, &method) == nullptr) return Datum::Null();
  const Property properties[] = {{"clusterable", method->clusterable},
                                 {"index_scan", method->index_scan},
                                 {"bitmap_scan", true},
                                 {"backward_scan", method->backward_scan}};
  return FindProperty(properties, call.TextAt(1));
}

bool HasSupport(const facts::OpclassFact& opclass, int16_t number) {
  return facts::FamilyProc(opclass.opcfamily, opclass.opcintype, opclass.opcintype, number) != kInvalidOid;
}

bool IsDistanceOrderable(std::string_view method, const facts::OpclassFact& opclass) {
  constexpr int16_t kGistDistance = 8;
  if (method == "gist") return HasSupport(opclass, kGistDistance);
  if (method != "spgist") return false;
  return std::ranges::any_of(facts::AllAmops(), [&](const facts::AmopFact& amop) {
    return amop.amopfamily == opclass.opcfamily && amop.amoplefttype == opclass.opcintype &&
           amop.amoppurpose == 'o';
  });
}

// Whether an index alone can give the column's value back.
bool IsReturnable(std::string_view method, const facts::OpclassFact& opclass) {
  constexpr int16_t kGistCompress = 3;
  constexpr int16_t kGistFetch = 9;
  if (method == "btree") return true;
  if (method == "gist") return HasSupport(opclass, kGistFetch) || !HasSupport(opclass, kGistCompress);
  return method == "spgist" && opclass.opcname != "poly_ops";
}

// An INCLUDE column is there, and no more.
Datum IncludedProperty(std::string_view method, std::string_view name) {
  if (EqualFold(name, "orderable")) return Datum::Of(false);
  if (method != "btree") return Datum::Null();
  static constexpr Property kIncluded[] = {{"distance_orderable", false}, {"returnable", true}};
  return FindProperty(kIncluded, name);
}

Datum IndexColumnProperty(const SystemCall& call) {
  const MethodProperties* method = nullptr;
  const catalog::RelationPtr index = FindIndex(call, &method);
  const int32_t number = call.arguments[1].As<int32_t>();
  if (index == nullptr || number <= 0) return Datum::Null();
  const size_t position = static_cast<size_t>(number) - 1;
  const catalog::IndexDefinition& definition = *index->index;
  if (position >= definition.parts.size() + definition.include.size()) return Datum::Null();
  const std::string_view name = call.TextAt(2);
  if (position >= definition.parts.size()) return IncludedProperty(method->method, name);
  const catalog::IndexDefinition::Part& part = definition.parts[position];
  const facts::OpclassFact* opclass = facts::FindOpclass(part.opclass);
  const bool orders = method->can_order;
  const Property properties[] = {
      {"asc", orders && !part.descending},
      {"desc", orders && part.descending},
      {"nulls_first", orders && part.nulls_first},
      {"nulls_last", orders && !part.nulls_first},
      {"orderable", orders},
      {"distance_orderable", opclass != nullptr && IsDistanceOrderable(method->method, *opclass)},
      {"returnable", opclass != nullptr && IsReturnable(method->method, *opclass)},
      {"search_array", method->search_array},
      {"search_nulls", method->search_nulls}};
  return FindProperty(properties, name);
}

}  // namespace

std::span<const SystemFunctionEntry> IndexPropertyFunctions() {
  static constexpr SystemFunctionEntry kEntries[] = {
      {"pg_indexam_has_property", MethodProperty},
      {"pg_index_has_property", IndexProperty},
      {"pg_index_column_has_property", IndexColumnProperty},
  };
  return kEntries;
}

}  // namespace grizzly::session
