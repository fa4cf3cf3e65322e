// Bound expressions as SQL text, the way PostgreSQL prints stored expressions: what pg_get_expr,
// pg_get_constraintdef, pg_get_indexdef and EXPLAIN show.
//
// Operators are parenthesised unless `pretty`; casts are written arg::type; functions of the SQL grammar
// keep their spelling.
// THREADS  any.
#pragma once

#include <functional>
#include <string>

#include "catalog/object_text.h"
#include "expr/expr.h"

namespace grizzly::planner {

struct DeparseInput {
  const catalog::CatalogSnapshot* catalog = nullptr;
  const catalog::SearchPath* search_path = nullptr;
  types::IoSettings io;
  // Names of ColumnExpr, InputExpr, OuterExpr, SubplanExpr; an empty function prints a number.
  std::function<std::string(expr::ColumnId)> column_name;
  // What an InputExpr stands for: a name or, in EXPLAIN, a computed expression.
  std::function<std::string(uint32_t)> input_name;
  std::function<std::string(uint32_t)> outer_name;
  std::function<std::string(const expr::SubplanExpr&)> subplan_name;
  std::function<std::string(const expr::SubqueryExpr&)> subquery_text;
  bool pretty = false;  // no parentheses where precedence is plain
  bool indent = false;  // CASE over several lines
  int indent_level = 0;  // of the lines around it
};

std::string DeparseExpression(const expr::Expr& expression, const DeparseInput& input);
// A value as a literal with its type: 'x'::text, 3, '-1'::integer.
std::string DeparseValue(const types::Datum& value, const types::SqlType& type,
                         const DeparseInput& input);
// The name an operator is written with, qualified if it must be.
std::string OperatorText(Oid operator_oid);

}  // namespace grizzly::planner
