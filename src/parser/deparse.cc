#include "parser/deparse.h"

#include <pg_query.h>

#include <memory>
#include <vector>

#include "base/error/sql_error.h"

namespace grizzly::parser {
namespace {

constexpr std::string_view kSelect = "SELECT ";

std::string Deparse(ast::Node* statement) {
  PgQuery__RawStmt raw = PG_QUERY__RAW_STMT__INIT;
  raw.stmt = statement;
  PgQuery__RawStmt* statements[] = {&raw};
  PgQuery__ParseResult tree = PG_QUERY__PARSE_RESULT__INIT;
  tree.n_stmts = 1;
  tree.stmts = statements;
  std::vector<uint8_t> packed(pg_query__parse_result__get_packed_size(&tree));
  PgQueryProtobuf bytes;
  bytes.len = pg_query__parse_result__pack(&tree, packed.data());
  bytes.data = reinterpret_cast<char*>(packed.data());
  PgQueryDeparseResult result = pg_query_deparse_protobuf(bytes);
  const std::unique_ptr<PgQueryDeparseResult, void (*)(PgQueryDeparseResult*)> owner(
      &result, [](PgQueryDeparseResult* r) { pg_query_free_deparse_result(*r); });
  if (result.error != nullptr) {
    throw SqlError(SqlState::kInternalError, std::string("deparse: ") + result.error->message);
  }
  return result.query;
}

}  // namespace

std::string DeparseStatement(const ast::Node& statement) {
  return Deparse(const_cast<ast::Node*>(&statement));  // packing only reads it
}

std::string DeparseExpression(const ast::Node& expression) {
  PgQuery__ResTarget target = PG_QUERY__RES_TARGET__INIT;
  target.val = const_cast<ast::Node*>(&expression);
  ast::Node target_node = PG_QUERY__NODE__INIT;
  target_node.node_case = PG_QUERY__NODE__NODE_RES_TARGET;
  target_node.res_target = &target;
  ast::Node* targets[] = {&target_node};
  PgQuery__SelectStmt select = PG_QUERY__SELECT_STMT__INIT;
  select.n_target_list = 1;
  select.target_list = targets;
  select.limit_option = PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_DEFAULT;
  select.op = PG_QUERY__SET_OPERATION__SETOP_NONE;
  ast::Node statement = PG_QUERY__NODE__INIT;
  statement.node_case = PG_QUERY__NODE__NODE_SELECT_STMT;
  statement.select_stmt = &select;
  return Deparse(&statement).substr(kSelect.size());
}

}  // namespace grizzly::parser
