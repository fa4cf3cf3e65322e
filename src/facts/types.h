// PostgreSQL 15's built-in types, from facts/pg_type.csv.
//
// Members carry pg_type's own column names; an Oid of 0 means none. A std::string_view whose
// data() is null is SQL NULL. Everything is constant for the life of the process and may be read
// by any thread; nothing here throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "facts/oid.h"
#include "facts/type_oids.h"  // kInt4Oid, kTextOid, kInt4ArrayOid, ...

namespace grizzly::facts {

struct TypeFact {
  Oid oid;
  std::string_view typname;
  Oid typnamespace;
  int16_t typlen;  // bytes; -1 varlena, -2 C string
  bool typbyval;
  char typtype;  // b base, c composite, d domain, e enum, p pseudo, r range, m multirange
  char typcategory;
  bool typispreferred;
  bool typisdefined;
  char typdelim;
  Oid typrelid;
  Oid typsubscript;
  Oid typelem;
  Oid typarray;
  Oid typinput;
  Oid typoutput;
  Oid typreceive;
  Oid typsend;
  Oid typmodin;
  Oid typmodout;
  Oid typanalyze;
  char typalign;
  char typstorage;
  bool typnotnull;
  Oid typbasetype;
  int32_t typtypmod;
  Oid typcollation;
  std::string_view typdefault;
  std::string_view sql_name;  // what format_type(oid, NULL) answers: "integer", "text[]"
};

const TypeFact* FindType(Oid oid);
// In pg_catalog; arrays are found as "_int4".
const TypeFact* FindTypeByName(std::string_view typname);
// Sorted by oid. Row types of catalogs and of information_schema's relations are among them.
std::span<const TypeFact> AllTypes();

}  // namespace grizzly::facts
