// The order and hash of the types beyond the ordinary ones: bit strings, jsonb, inet, ranges ...
#pragma once

#include "types/compare.h"

namespace grizzly::types {

CompareFunction FindLateCompare(Oid oid);
HashFunction FindLateHash(Oid oid);

}  // namespace grizzly::types
