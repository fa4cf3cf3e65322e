// What the binder asks about types: one answer for built-in ones (facts) and users' (catalog).
//
// THREADS  one at a time; keeps what it looked up.
#pragma once

#include <string>
#include <unordered_map>

#include "catalog/catalog.h"
#include "catalog/search_path.h"
#include "facts/type_oids.h"
#include "types/sql_type.h"

namespace grizzly::planner {

using types::SqlType;

struct TypeShape {
  Oid oid = kInvalidOid;
  char typtype = 'b';
  char category = 'U';
  bool preferred = false;
  Oid element = kInvalidOid;   // what subscripting gives, true arrays only
  Oid array = kInvalidOid;
  Oid base = kInvalidOid;      // domains
  int32_t base_typmod = types::kNoTypmod;
  Oid relation = kInvalidOid;  // composites
  Oid collation = kInvalidOid;
};

class TypeLookup {
 public:
  explicit TypeLookup(const catalog::CatalogSnapshot& snapshot) : snapshot_(snapshot) {}

  const TypeShape& Of(Oid oid);
  SqlType Make(Oid oid, int32_t typmod = types::kNoTypmod);
  // Null when we do not have it.
  const types::TypeIo* FindIo(Oid oid);
  // Throws 0A000 naming the type when we do not have it.
  const types::TypeIo* RequireIo(Oid oid, int location);

  // As format_type writes it, for messages.
  std::string Name(Oid oid, int32_t typmod = types::kNoTypmod);

  bool IsArray(Oid oid) { return Of(oid).element != kInvalidOid; }
  bool IsComposite(Oid oid) { return Of(oid).typtype == 'c'; }
  bool IsRow(Oid oid) { return oid == facts::kRecordOid || Of(BaseOf(oid)).typtype == 'c'; }
  bool IsDomain(Oid oid) { return Of(oid).typtype == 'd'; }
  // Through domains down to what they are made of; itself for all others.
  Oid BaseOf(Oid oid);
  Oid BaseOf(Oid oid, int32_t* typmod);
  Oid ArrayOf(Oid oid) { return Of(oid).array; }
  // Range type's subtype, multirange's range; 0 for others.
  Oid RangeSubtype(Oid range);
  Oid RangeOfMultirange(Oid multirange);
  Oid MultirangeOf(Oid range);

 private:
  const catalog::CatalogSnapshot& snapshot_;
  std::unordered_map<Oid, TypeShape> shapes_;
};

// anyelement, anyarray ...
bool IsPolymorphic(Oid oid);
bool IsCompatiblePolymorphic(Oid oid);  // the anycompatible family

}  // namespace grizzly::planner
