// The raw parse tree: libpg_query's protobuf-c structures, under our names. Only this header brings
// them in; everybody above includes it instead of pg_query's own.
//
// The tree lives in the ParsedText that made it. Source locations are byte offsets into its text.
#pragma once

#include <pg_query/pg_query.pb-c.h>

namespace grizzly::parser::ast {

using Node = PgQuery__Node;

}  // namespace grizzly::parser::ast
