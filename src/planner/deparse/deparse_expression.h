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
#include "parser/ast.h"

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
  // The second argument: how many CASE it stands in.
  std::function<std::string(const expr::SubqueryExpr&, int)> subquery_text;
  // What compares rows with a subquery, as it was written; empty: the expression is nothing of that kind.
  std::function<std::string(const expr::Expr&)> row_subquery_text;
  // Whether the CASE at that place was written with a value that WHEN compares.
  std::function<bool(int)> has_case_test;
  // The call at that place as it was written; null: not known. An empty function: none is.
  std::function<const PgQuery__FuncCall*(int)> call_at;
  // Whether a ColumnExpr stands for an aggregate or a window function.
  std::function<bool(expr::ColumnId)> is_call;
  bool stored = false;  // a definition: without arguments that are defaults
  bool pretty = false;  // no parentheses where precedence is plain
  bool indent = false;  // CASE over several lines
  int indent_level = 0;  // of the lines around it
};

std::string DeparseExpression(const expr::Expr& expression, const DeparseInput& input);
// As what an operator takes: with the casts that nobody wrote.
std::string DeparseOperand(const expr::Expr& expression, const DeparseInput& input);
// As what is sorted or grouped by.
std::string DeparseSorted(const expr::Expr& expression, const DeparseInput& input);
// What WINDOW says of a window, with its parentheses.
std::string DeparseWindow(const expr::WindowExpr& window, const PgQuery__WindowDef& written,
                          const DeparseInput& input);
// A value as a literal with its type: 'x'::text, 3, '-1'::integer.
std::string DeparseValue(const types::Datum& value, const types::SqlType& type,
                         const DeparseInput& input);
// The name an operator is written with, qualified if it must be.
std::string OperatorText(Oid operator_oid);

}  // namespace grizzly::planner
