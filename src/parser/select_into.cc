#include "parser/select_into.h"

#include <utility>

#include "base/error/sql_error.h"

namespace grizzly::parser {
namespace {

// Of a UNION only the first SELECT may say it.
void RefuseInto(const PgQuery__SelectStmt& select) {
  if (select.into_clause != nullptr) {
    throw SqlError(SqlState::kSyntaxError,
                   "INTO is only allowed on first SELECT of UNION/INTERSECT/EXCEPT")
        .At(select.into_clause->rel->location);
  }
  if (select.larg == nullptr) return;
  RefuseInto(*select.larg);
  RefuseInto(*select.rarg);
}

}  // namespace

void RewriteSelectInto(ast::Node& statement, Arena& arena) {
  if (statement.node_case == PG_QUERY__NODE__NODE_EXPLAIN_STMT) {
    return RewriteSelectInto(*statement.explain_stmt->query, arena);
  }
  if (statement.node_case != PG_QUERY__NODE__NODE_SELECT_STMT) return;
  // Of a UNION, its first SELECT carries the clause.
  PgQuery__SelectStmt* first = statement.select_stmt;
  while (first->larg != nullptr) {
    RefuseInto(*first->rarg);
    first = first->larg;
  }
  if (first->into_clause == nullptr) return;
  auto* create = arena.New<PgQuery__CreateTableAsStmt>();
  *create = PG_QUERY__CREATE_TABLE_AS_STMT__INIT;
  create->into = std::exchange(first->into_clause, nullptr);
  create->objtype = PG_QUERY__OBJECT_TYPE__OBJECT_TABLE;
  create->is_select_into = 1;
  create->query = arena.New<ast::Node>();
  *create->query = statement;
  statement = PG_QUERY__NODE__INIT;
  statement.node_case = PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT;
  statement.create_table_as_stmt = create;
}

}  // namespace grizzly::parser
