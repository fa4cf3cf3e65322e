#include "catalog/relation_size.h"

#include <string>

#include "catalog/access_method.h"
#include "storage/column/row_group.h"
#include "storage/key/key_layout.h"

namespace grizzly::catalog {

uint64_t ApproximateRowBytes(storage::Store& store, const Relation& table) {
  std::string prefix;
  storage::AppendKeyHead(&prefix, table.tenant, table.storage, IndexId{0});
  const uint64_t bytes = store.ApproximateBytes(prefix, storage::PrefixSuccessor(prefix));
  return IsColumnar(table) ? bytes + storage::GroupBytes(store, table.tenant, table.storage) : bytes;
}

}  // namespace grizzly::catalog
