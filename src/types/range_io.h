// Ranges and multiranges to and from the outside: [1,5), empty, {[1,2),[4,)}, and the wire.
#pragma once

#include <memory>

#include "types/range.h"
#include "types/type_io.h"

namespace grizzly::types {

// For ranges over any type; the catalog makes those of user types with them. `subtype_io` must
// outlive the result.
std::unique_ptr<TypeIo> MakeRangeIo(const RangeKind& kind, const TypeIo* subtype_io);
std::unique_ptr<TypeIo> MakeMultirangeIo(const RangeKind& kind, const TypeIo* subtype_io);

}  // namespace grizzly::types
