// PostgreSQL 15's built-in casts, from facts/pg_cast.csv. Casts through text input and output
// (CoerceViaIO), between arrays and of domains are rules, not rows. Constant; any thread; nothing
// throws.
#pragma once

#include <span>

#include "facts/oid.h"

namespace grizzly::facts {

struct CastFact {
  Oid oid;
  Oid castsource;
  Oid casttarget;
  Oid castfunc;      // 0 unless castmethod is f
  char castcontext;  // e explicit only, a assignment, i implicit
  char castmethod;   // f function, i through text, b binary coercible
};

const CastFact* FindCast(Oid castsource, Oid casttarget);
// Every cast from that type, by target.
std::span<const CastFact> FindCastsFrom(Oid castsource);
// Sorted by castsource, then casttarget.
std::span<const CastFact> AllCasts();

}  // namespace grizzly::facts
