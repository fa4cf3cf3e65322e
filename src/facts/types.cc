#include "facts/types.h"

#include "facts/table.h"

namespace grizzly::facts {

namespace table {
extern const std::span<const TypeFact> kTypes;
extern const std::span<const uint16_t> kTypesByName;  // pg_catalog's first among equal names
}  // namespace table

const TypeFact* FindType(Oid oid) {
  return table::Find(table::kTypes, oid, [](const TypeFact& type) { return type.oid; });
}

const TypeFact* FindTypeByName(std::string_view typname) {
  const TypeFact* type = table::Find(table::kTypes, table::kTypesByName, typname,
                                     [](const TypeFact& t) { return t.typname; });
  return type != nullptr && type->typnamespace == kPgCatalogNamespaceOid ? type : nullptr;
}

}  // namespace grizzly::facts
