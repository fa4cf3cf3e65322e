#include "types/order_families.h"

namespace grizzly::types {

CompareFunction FindLateCompare(Oid) { return nullptr; }
HashFunction FindLateHash(Oid) { return nullptr; }

}  // namespace grizzly::types
