// Refuses what facts/clauses.csv marks as refused: a walk over the parse tree by its protobuf-c
// descriptors, so that no message and no field can be forgotten.
#pragma once

#include "parser/ast.h"

namespace grizzly::parser {

// Throws 0A000 naming the first refused clause of the tree, at the place nearest to it.
void RefuseUnsupportedClauses(const ast::Node& statement);

}  // namespace grizzly::parser
