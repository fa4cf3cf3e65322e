// SELECT ... INTO is CREATE TABLE AS in other words; behind the parser there is only the latter.
#pragma once

#include "base/memory/arena.h"
#include "parser/ast.h"

namespace grizzly::parser {

// Turns the statement, or what an EXPLAIN explains, into a CreateTableAsStmt when it is a SELECT with
// INTO. New nodes live in the arena. An INTO elsewhere stays for the binder to refuse.
void RewriteSelectInto(ast::Node& statement, Arena& arena);

}  // namespace grizzly::parser
