#include "facts/casts.h"

#include <utility>

#include "facts/table.h"

namespace grizzly::facts {

namespace table {
extern const std::span<const CastFact> kCasts;
}  // namespace table

const CastFact* FindCast(Oid castsource, Oid casttarget) {
  return table::Find(table::kCasts, std::pair(castsource, casttarget),
                     [](const CastFact& row) { return std::pair(row.castsource, row.casttarget); });
}

std::span<const CastFact> FindCastsFrom(Oid castsource) {
  return table::FindRun(table::kCasts, castsource,
                        [](const CastFact& row) { return row.castsource; });
}

}  // namespace grizzly::facts
