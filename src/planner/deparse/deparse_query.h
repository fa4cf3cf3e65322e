// A stored query as PostgreSQL prints it: pg_get_viewdef, psql's \d+ of views.
//
// The tree gives the shape, a QueryRecord of its binding the expressions: names qualified by their FROM
// item, types of literals, parentheses.
// ERRORS   0A000 for what is in no view here; what binding throws
// THREADS  any.
// SOURCE   the layout of a running PostgreSQL 15
#pragma once

#include <string>
#include <vector>

#include "planner/binder/query_record.h"
#include "planner/deparse/deparse_expression.h"

namespace grizzly::planner {

struct QueryDeparseInput {
  const catalog::CatalogSnapshot* catalog = nullptr;
  // Where the tables that the tree names are found, if they may have other names in `catalog`; null: there, too.
  const catalog::CatalogSnapshot* bound_under = nullptr;
  const catalog::SearchPath* search_path = nullptr;
  types::IoSettings io;
  bool pretty = false;                    // no parentheses where precedence is plain
  std::vector<std::string> column_names;  // of the view; empty: the query's own
};

// Without the semicolon; begins with the blank PostgreSQL begins with.
std::string DeparseQuery(const parser::ast::Node& query, const QueryRecord& record,
                         const QueryDeparseInput& input);

}  // namespace grizzly::planner
