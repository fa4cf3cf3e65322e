#include "planner/binder/type_lookup.h"

#include "base/error/sql_error.h"
#include "facts/ranges.h"
#include "facts/types.h"
#include "types/type_name.h"

namespace grizzly::planner {
namespace {

constexpr Oid kArraySubscriptHandler = 6179;

TypeShape FromFact(const facts::TypeFact& fact) {
  TypeShape shape;
  shape.oid = fact.oid;
  shape.typtype = fact.typtype;
  shape.category = fact.typcategory;
  shape.preferred = fact.typispreferred;
  if (fact.typsubscript == kArraySubscriptHandler) shape.element = fact.typelem;
  shape.array = fact.typarray;
  shape.base = fact.typbasetype;
  shape.base_typmod = fact.typtypmod;
  shape.relation = fact.typrelid;
  shape.collation = fact.typcollation;
  return shape;
}

TypeShape FromCatalog(const catalog::Type& type) {
  TypeShape shape;
  shape.oid = type.oid;
  shape.typtype = type.typtype;
  shape.category = type.category;
  shape.preferred = type.preferred;
  if (type.category == 'A') shape.element = type.element;
  shape.array = type.array;
  shape.base = type.base;
  shape.base_typmod = type.base_typmod;
  shape.relation = type.relation;
  shape.collation = type.collation;
  return shape;
}

}  // namespace

const TypeShape& TypeLookup::Of(Oid oid) {
  const auto known = shapes_.find(oid);
  if (known != shapes_.end()) return known->second;
  TypeShape shape;
  shape.oid = oid;
  if (const facts::TypeFact* fact = facts::FindType(oid)) {
    shape = FromFact(*fact);
  } else if (const auto type = snapshot_.FindType(oid)) {
    shape = FromCatalog(*type);
  }
  return shapes_.emplace(oid, shape).first->second;
}

SqlType TypeLookup::Make(Oid oid, int32_t typmod) {
  return facts::FindType(oid) != nullptr ? types::BuiltinType(oid, typmod)
                                         : snapshot_.ResolveType(oid, typmod);
}

const types::TypeIo* TypeLookup::FindIo(Oid oid) {
  if (const types::TypeIo* io = types::BuiltinTypeIo(oid)) return io;
  return snapshot_.FindTypeIo(oid);
}

const types::TypeIo* TypeLookup::RequireIo(Oid oid, int location) {
  const types::TypeIo* io = FindIo(oid);
  if (io == nullptr) ThrowNotSupported("type " + Name(oid), location);
  return io;
}

std::string TypeLookup::Name(Oid oid, int32_t typmod) {
  if (facts::FindType(oid) != nullptr || oid == kInvalidOid) return types::TypeName(oid, typmod);
  const auto type = snapshot_.FindType(oid);
  if (type == nullptr) return types::TypeName(oid, typmod);
  if (type->category == 'A' && type->element != kInvalidOid) return Name(type->element) + "[]";
  return type->name;
}

Oid TypeLookup::BaseOf(Oid oid) {
  int32_t typmod = types::kNoTypmod;
  return BaseOf(oid, &typmod);
}

Oid TypeLookup::BaseOf(Oid oid, int32_t* typmod) {
  while (true) {
    const TypeShape& shape = Of(oid);
    if (shape.typtype != 'd') return oid;
    if (*typmod == types::kNoTypmod) *typmod = shape.base_typmod;
    oid = shape.base;
  }
}

Oid TypeLookup::RangeSubtype(Oid range) {
  for (const facts::RangeFact& fact : facts::AllRanges()) {
    if (fact.rngtypid == range) return fact.rngsubtype;
  }
  const auto type = snapshot_.FindType(range);
  return type == nullptr ? kInvalidOid : type->range_subtype;
}

Oid TypeLookup::RangeOfMultirange(Oid multirange) {
  for (const facts::RangeFact& fact : facts::AllRanges()) {
    if (fact.rngmultitypid == multirange) return fact.rngtypid;
  }
  const auto type = snapshot_.FindType(multirange);
  return type == nullptr ? kInvalidOid : type->range;
}

Oid TypeLookup::MultirangeOf(Oid range) {
  for (const facts::RangeFact& fact : facts::AllRanges()) {
    if (fact.rngtypid == range) return fact.rngmultitypid;
  }
  const auto type = snapshot_.FindType(range);
  return type == nullptr ? kInvalidOid : type->multirange;
}

bool IsCompatiblePolymorphic(Oid oid) {
  switch (oid) {
    case facts::kAnycompatibleOid:
    case facts::kAnycompatiblearrayOid:
    case facts::kAnycompatiblenonarrayOid:
    case facts::kAnycompatiblerangeOid:
    case facts::kAnycompatiblemultirangeOid:
      return true;
    default:
      return false;
  }
}

bool IsPolymorphic(Oid oid) {
  switch (oid) {
    case facts::kAnyelementOid:
    case facts::kAnyarrayOid:
    case facts::kAnynonarrayOid:
    case facts::kAnyenumOid:
    case facts::kAnyrangeOid:
    case facts::kAnymultirangeOid:
      return true;
    default:
      return IsCompatiblePolymorphic(oid);
  }
}

}  // namespace grizzly::planner
