// Parts of values that lie side by side in a fixed number of bytes: point[0], box[1], name[3].
#pragma once

#include "functions/registry.h"

namespace grizzly::functions {

// Arguments: the value, then its subscripts (int4, from 0). NULL outside of it and for several subscripts.
const Implementation& RawSubscript();

}  // namespace grizzly::functions
