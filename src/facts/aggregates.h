// How each built-in aggregate is computed (its signature is in procs.h), from
// facts/pg_aggregate.csv.
//
// Members carry PostgreSQL's column names; an Oid of 0 means none; a std::string_view whose
// data() is null is SQL NULL. Constant; any thread; nothing throws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "facts/oid.h"

namespace grizzly::facts {

struct AggregateFact {
  Oid aggfnoid;  // the aggregate, as in pg_proc
  char aggkind;  // n normal, o ordered-set, h hypothetical-set
  int16_t aggnumdirectargs;
  Oid aggtransfn;
  Oid aggfinalfn;
  Oid aggcombinefn;
  Oid aggserialfn;
  Oid aggdeserialfn;
  Oid aggmtransfn;
  Oid aggminvtransfn;
  Oid aggmfinalfn;
  bool aggfinalextra;
  bool aggmfinalextra;
  char aggfinalmodify;
  char aggmfinalmodify;
  Oid aggsortop;  // min() and max(): the operator whose first row is the answer
  Oid aggtranstype;
  int32_t aggtransspace;
  Oid aggmtranstype;
  int32_t aggmtransspace;
  std::string_view agginitval;  // NULL: the first non-null input starts a strict transition
  std::string_view aggminitval;
};

const AggregateFact* FindAggregate(Oid aggfnoid);
// Sorted by aggfnoid.
std::span<const AggregateFact> AllAggregates();

}  // namespace grizzly::facts
