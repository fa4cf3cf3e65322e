#include "facts/aggregates.h"

#include "facts/table.h"

namespace grizzly::facts {

const AggregateFact* FindAggregate(Oid aggfnoid) {
  return table::Find(AllAggregates(), aggfnoid,
                     [](const AggregateFact& row) { return row.aggfnoid; });
}

}  // namespace grizzly::facts
