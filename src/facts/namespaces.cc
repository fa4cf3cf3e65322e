#include "facts/namespaces.h"

namespace grizzly::facts {

const NamespaceFact* FindNamespace(Oid oid) {
  for (const NamespaceFact& row : AllNamespaces()) {
    if (row.oid == oid) return &row;
  }
  return nullptr;
}

const NamespaceFact* FindNamespaceByName(std::string_view nspname) {
  for (const NamespaceFact& row : AllNamespaces()) {
    if (row.nspname == nspname) return &row;
  }
  return nullptr;
}

}  // namespace grizzly::facts
