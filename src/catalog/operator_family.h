// Operator families that users make: their operators and support functions, by strategy and number.
//
// They are kept and shown; indexes take the operator classes PostgreSQL comes with.
// THREADS  pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/schema_object.h"

namespace grizzly::catalog {

inline constexpr Oid kOperatorFamilyClass = 2753;
inline constexpr std::string_view kFamilyMethod = "method";  // the access method's oid

struct FamilyMember {
  char kind = 'o';  // 'o' operator, 'f' support function
  Oid oid = kInvalidOid;
  int32_t number = 0;
  Oid left = kInvalidOid;
  Oid right = kInvalidOid;
  Oid member = kInvalidOid;       // pg_operator or pg_proc
  Oid sort_family = kInvalidOid;  // of an ordering operator

  bool IsSamePlace(const FamilyMember& other) const {
    return kind == other.kind && number == other.number && left == other.left && right == other.right;
  }
};

std::vector<FamilyMember> MembersOf(const SchemaObject& family);
void SetMembers(const std::vector<FamilyMember>& members, SchemaObject* family);

// By access method and dotted name; null: none that users made.
SchemaObjectPtr FindOperatorFamily(const CatalogSnapshot& catalog, const SearchPath& path, Oid method,
                                   const std::vector<std::string>& name);

}  // namespace grizzly::catalog
