// Arrays to and from the outside: {1,NULL,"a b"}, [0:1]={1,2}, and the wire.
#pragma once

#include <memory>

#include "types/type_io.h"

namespace grizzly::types {

// For arrays over any type; the catalog makes those of user types with it. `element_io` must
// outlive the result.
std::unique_ptr<TypeIo> MakeArrayIo(const SqlType& element, const TypeIo* element_io,
                                    char delimiter);

}  // namespace grizzly::types
