// PostgreSQL 15's built-in functions, procedures, aggregates and window functions, from
// facts/pg_proc.csv.
//
// Members carry pg_proc's own column names; an Oid of 0 means none. A std::string_view whose
// data() is null is SQL NULL, an empty span a NULL array. Constant for the life of the process;
// any thread may read; nothing here throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "facts/oid.h"

namespace grizzly::facts {

struct ProcFact {
  Oid oid;
  std::string_view proname;
  Oid pronamespace;
  Oid prolang;  // kInternalLanguageOid, kCLanguageOid, kSqlLanguageOid
  float procost;
  float prorows;
  Oid provariadic;  // element type of the variadic array, or 0
  Oid prosupport;
  char prokind;  // f function, p procedure, a aggregate, w window
  bool prosecdef;
  bool proleakproof;
  bool proisstrict;
  bool proretset;
  char provolatile;  // i immutable, s stable, v volatile
  char proparallel;  // s safe, r restricted, u unsafe
  int16_t pronargs;  // input arguments
  int16_t pronargdefaults;
  Oid prorettype;
  std::span<const Oid> proargtypes;               // input arguments
  std::span<const Oid> proallargtypes;            // empty: as proargtypes
  std::span<const char> proargmodes;              // i in, o out, b inout, v variadic, t table
  std::span<const std::string_view> proargnames;  // of all arguments; "" unnamed
  std::string_view proargdefaults;                // SQL, comma separated, of the last arguments
  std::string_view prosrc;                        // internal: the function's C name; sql: its body
  std::string_view probin;
  std::string_view prosqlbody;  // SQL-standard body (RETURN ... or BEGIN ATOMIC ...), or NULL
  std::string_view proacl;      // text of the aclitem[]; NULL: everyone may call
};

const ProcFact* FindProc(Oid oid);
// Every function of that name, in any namespace.
std::span<const ProcFact> FindProcsByName(std::string_view proname);
// Every function implemented by that prosrc ("int4pl"), in OID order.
std::vector<const ProcFact*> FindProcsBySource(std::string_view prosrc);
// Sorted by proname, then oid.
std::span<const ProcFact> AllProcs();

}  // namespace grizzly::facts
