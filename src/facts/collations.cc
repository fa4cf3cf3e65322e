#include "facts/collations.h"

#include "facts/table.h"

namespace grizzly::facts {

namespace table {
extern const std::span<const uint16_t> kCollationsByOid;
}  // namespace table

const CollationFact* FindCollation(Oid oid) {
  return table::Find(AllCollations(), table::kCollationsByOid, oid,
                     [](const CollationFact& row) { return row.oid; });
}

const CollationFact* FindCollationByName(std::string_view collname) {
  return table::Find(AllCollations(), collname,
                     [](const CollationFact& row) { return row.collname; });
}

}  // namespace grizzly::facts
