// Which text search configuration a call means.
#pragma once

#include "functions/function.h"

namespace grizzly::functions {

// default_text_search_config. Throws 42704 when it names none.
Oid CurrentTextSearchConfig(FunctionContext& context);

}  // namespace grizzly::functions
