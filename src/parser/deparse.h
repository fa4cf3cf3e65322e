// Raw trees back to SQL text: what definitions (defaults, checks, views) are kept as.
//
// The text parses to the same tree again; it keeps no spelling, blanks or comments.
// ERRORS   XX000 when libpg_query has no text for a node.
// THREADS  any.
#pragma once

#include <string>

#include "parser/ast.h"

namespace grizzly::parser {

std::string DeparseExpression(const ast::Node& expression);
std::string DeparseStatement(const ast::Node& statement);

}  // namespace grizzly::parser
