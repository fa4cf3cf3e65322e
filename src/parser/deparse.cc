#include "parser/deparse.h"

#include <pg_query.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "base/error/sql_error.h"
#include "parser/ast_walk.h"

namespace grizzly::parser {
namespace {

constexpr std::string_view kSelect = "SELECT ";

using Bytes = std::vector<uint8_t>;
using OwnedTree = std::unique_ptr<PgQuery__ParseResult, void (*)(PgQuery__ParseResult*)>;

Bytes Pack(const PgQuery__ParseResult& tree) {
  Bytes packed(pg_query__parse_result__get_packed_size(&tree));
  pg_query__parse_result__pack(&tree, packed.data());
  return packed;
}

// A tree's own allocator is malloc: what is put into it is freed with it.
template <typename T>
T* NewMessage(void (*init)(T*)) {
  auto* message = static_cast<T*>(std::malloc(sizeof(T)));
  if (message == nullptr) throw std::bad_alloc();
  init(message);
  return message;
}

ast::Node** NewArray(size_t count) {
  auto** array = static_cast<ast::Node**>(std::malloc(count * sizeof(ast::Node*)));
  if (array == nullptr) throw std::bad_alloc();
  return array;
}

char* NewText(const std::string& text) {
  char* const copy = ::strdup(text.c_str());
  if (copy == nullptr) throw std::bad_alloc();
  return copy;
}

ast::Node* NewString(const std::string& text) {
  ast::Node* node = NewMessage(&pg_query__node__init);
  node->node_case = PG_QUERY__NODE__NODE_STRING;
  node->string = NewMessage(&pg_query__string__init);
  node->string->sval = NewText(text);
  return node;
}

bool IsSqlSyntax(const PgQuery__FuncCall& call) {
  return call.funcformat == PG_QUERY__COERCION_FORM__COERCE_SQL_SYNTAX;
}

bool IsXmlExists(const PgQuery__FuncCall& call) {
  return IsSqlSyntax(call) && call.n_funcname > 0 &&
         std::string_view(call.funcname[call.n_funcname - 1]->string->sval) == "xmlexists";
}

bool IsSimilarTo(const PgQuery__FuncCall& call) {
  return call.n_funcname > 0 &&
         std::string_view(call.funcname[call.n_funcname - 1]->string->sval) == "similar_to_escape";
}

// What ends where its neighbour begins: operators, tests, AT TIME ZONE and the like.
bool NeedsBrackets(const ast::Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_A_EXPR:
    case PG_QUERY__NODE__NODE_BOOL_EXPR:
    case PG_QUERY__NODE__NODE_NULL_TEST:
    case PG_QUERY__NODE__NODE_BOOLEAN_TEST:
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
    case PG_QUERY__NODE__NODE_CASE_EXPR:
    case PG_QUERY__NODE__NODE_XML_EXPR: return true;
    case PG_QUERY__NODE__NODE_SUB_LINK: return node.sub_link->testexpr != nullptr;
    case PG_QUERY__NODE__NODE_FUNC_CALL: return IsSqlSyntax(*node.func_call);
    default: return false;
  }
}

// A row of one field without the word ROW reads as brackets, and is none once it is parsed.
void PutInBrackets(ast::Node*& operand) {
  PgQuery__RowExpr* row = NewMessage(&pg_query__row_expr__init);
  row->args = NewArray(1);
  row->n_args = 1;
  row->args[0] = operand;
  row->row_format = PG_QUERY__COERCION_FORM__COERCE_IMPLICIT_CAST;
  operand = NewMessage(&pg_query__node__init);
  operand->node_case = PG_QUERY__NODE__NODE_ROW_EXPR;
  operand->row_expr = row;
}

void Bracket(ast::Node*& operand) {
  if (operand == nullptr) return;
  if (operand->node_case == PG_QUERY__NODE__NODE_LIST) {
    for (size_t i = 0; i < operand->list->n_items; ++i) Bracket(operand->list->items[i]);
    return;
  }
  if (NeedsBrackets(*operand)) PutInBrackets(operand);
}

// Where only a name, a literal or a parameter stands without them.
void BracketUnlessPlain(ast::Node*& operand, bool literal_is_plain) {
  if (operand == nullptr) return;
  switch (operand->node_case) {
    case PG_QUERY__NODE__NODE_COLUMN_REF:
    case PG_QUERY__NODE__NODE_PARAM_REF: return;
    case PG_QUERY__NODE__NODE_A_CONST:
      if (literal_is_plain) return;
      break;
    default: break;
  }
  PutInBrackets(operand);
}

template <typename T>
T* AsPart(ProtobufCMessage& message, const ProtobufCMessageDescriptor& kind) {
  return const_cast<T*>(As<T>(message, kind));
}

// libpg_query leaves out brackets that operands need: (a OR b) IS NULL, (NOT a) IS TRUE, (ARRAY[1])[1].
void BracketOperands(ProtobufCMessage& message) {
  ForEachPart(message, [](const ProtobufCMessage& part) {
    BracketOperands(const_cast<ProtobufCMessage&>(part));  // the tree is a copy of ours
  });
  if (auto* node = AsPart<PgQuery__AExpr>(message, pg_query__a__expr__descriptor)) {
    Bracket(node->lexpr);
    Bracket(node->rexpr);
  } else if (auto* node = AsPart<PgQuery__BoolExpr>(message, pg_query__bool_expr__descriptor)) {
    for (size_t i = 0; i < node->n_args; ++i) Bracket(node->args[i]);
  } else if (auto* node = AsPart<PgQuery__NullTest>(message, pg_query__null_test__descriptor)) {
    Bracket(node->arg);
  } else if (auto* node = AsPart<PgQuery__BooleanTest>(message, pg_query__boolean_test__descriptor)) {
    Bracket(node->arg);
  } else if (auto* node = AsPart<PgQuery__SubLink>(message, pg_query__sub_link__descriptor)) {
    Bracket(node->testexpr);
  } else if (auto* node = AsPart<PgQuery__CollateClause>(message, pg_query__collate_clause__descriptor)) {
    Bracket(node->arg);
  } else if (auto* node = AsPart<PgQuery__TypeCast>(message, pg_query__type_cast__descriptor)) {
    Bracket(node->arg);
  } else if (auto* node = AsPart<PgQuery__AIndirection>(message, pg_query__a__indirection__descriptor)) {
    BracketUnlessPlain(node->arg, /*literal_is_plain=*/false);
  } else if (auto* node = AsPart<PgQuery__SelectStmt>(message, pg_query__select_stmt__descriptor)) {
    BracketUnlessPlain(node->limit_count, /*literal_is_plain=*/true);
    BracketUnlessPlain(node->limit_offset, /*literal_is_plain=*/true);
  } else if (auto* node = AsPart<PgQuery__XmlExpr>(message, pg_query__xml_expr__descriptor)) {
    for (size_t i = 0; i < node->n_args; ++i) Bracket(node->args[i]);
  } else if (auto* node = AsPart<PgQuery__RangeTableFunc>(message, pg_query__range_table_func__descriptor)) {
    BracketUnlessPlain(node->docexpr, /*literal_is_plain=*/true);
  } else if (auto* node =
                 AsPart<PgQuery__RangeTableFuncCol>(message, pg_query__range_table_func_col__descriptor)) {
    Bracket(node->colexpr);
    Bracket(node->coldefexpr);
  } else if (auto* node = AsPart<PgQuery__FuncCall>(message, pg_query__func_call__descriptor)) {
    if (IsXmlExists(*node)) {
      for (size_t i = 0; i < node->n_args; ++i) BracketUnlessPlain(node->args[i], /*literal_is_plain=*/true);
      return;
    }
    if (!IsSqlSyntax(*node) && !IsSimilarTo(*node)) return;
    for (size_t i = 0; i < node->n_args; ++i) Bracket(node->args[i]);
  }
}

// libpg_query writes OF tNOWAIT. A name that ends in a mark is quoted, and the mark makes room for the blank.
void MarkLockedNames(ProtobufCMessage& message, const std::string& mark) {
  ForEachPart(message, [&](const ProtobufCMessage& part) {
    MarkLockedNames(const_cast<ProtobufCMessage&>(part), mark);
  });
  auto* clause = AsPart<PgQuery__LockingClause>(message, pg_query__locking_clause__descriptor);
  if (clause == nullptr || clause->n_locked_rels == 0 ||
      clause->wait_policy == PG_QUERY__LOCK_WAIT_POLICY__LockWaitBlock) {
    return;
  }
  char*& name = clause->locked_rels[clause->n_locked_rels - 1]->range_var->relname;
  char* const marked = NewText(name + mark);
  std::free(name);
  name = marked;
}

// libpg_query leaves PRESERVE WHITESPACE out. A collation that is called like the mark stands for it meanwhile.
void MarkKeptWhitespace(ProtobufCMessage& message, const std::string& mark) {
  ForEachPart(message, [&](const ProtobufCMessage& part) {
    MarkKeptWhitespace(const_cast<ProtobufCMessage&>(part), mark);
  });
  auto* parse = AsPart<PgQuery__XmlExpr>(message, pg_query__xml_expr__descriptor);
  if (parse == nullptr || parse->op != PG_QUERY__XML_EXPR_OP__IS_XMLPARSE || parse->n_args != 2) return;
  const ast::Node& keeps = *parse->args[1];
  const bool is_kept = keeps.node_case == PG_QUERY__NODE__NODE_A_CONST &&
                       keeps.a_const->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL &&
                       keeps.a_const->boolval->boolval;
  if (!is_kept) return;
  auto* collate = NewMessage(&pg_query__collate_clause__init);
  collate->arg = parse->args[0];
  collate->collname = NewArray(1);
  collate->n_collname = 1;
  collate->collname[0] = NewString(mark);
  parse->args[0] = NewMessage(&pg_query__node__init);
  parse->args[0]->node_case = PG_QUERY__NODE__NODE_COLLATE_CLAUSE;
  parse->args[0]->collate_clause = collate;
}

// What stands nowhere in the statement.
std::string UnusedMark(const Bytes& packed) {
  const std::string_view text(reinterpret_cast<const char*>(packed.data()), packed.size());
  std::string mark = "\x01";
  while (text.find(mark) != std::string_view::npos) mark += '\x01';
  return mark;
}

void ReplaceAll(std::string& text, const std::string& from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;) text.replace(at, from.size(), to);
}

std::string WithoutMarks(std::string text, const std::string& mark) {
  ReplaceAll(text, "COLLATE \"" + mark + '"', "PRESERVE WHITESPACE");
  ReplaceAll(text, mark + '"', "\" ");
  return text;
}

Bytes Prepared(const Bytes& packed, const std::string& mark) {
  const OwnedTree copy(
      pg_query__parse_result__unpack(nullptr, packed.size(), packed.data()),
      [](PgQuery__ParseResult* owned) { pg_query__parse_result__free_unpacked(owned, nullptr); });
  if (copy == nullptr) throw std::bad_alloc();
  BracketOperands(copy->base);
  MarkLockedNames(copy->base, mark);
  MarkKeptWhitespace(copy->base, mark);
  return Pack(*copy);
}

std::string Deparse(ast::Node* statement) {
  PgQuery__RawStmt raw = PG_QUERY__RAW_STMT__INIT;
  raw.stmt = statement;
  PgQuery__RawStmt* statements[] = {&raw};
  PgQuery__ParseResult tree = PG_QUERY__PARSE_RESULT__INIT;
  tree.n_stmts = 1;
  tree.stmts = statements;
  const Bytes original = Pack(tree);
  const std::string mark = UnusedMark(original);
  Bytes packed = Prepared(original, mark);
  PgQueryProtobuf bytes;
  bytes.len = packed.size();
  bytes.data = reinterpret_cast<char*>(packed.data());
  PgQueryDeparseResult result = pg_query_deparse_protobuf(bytes);
  const std::unique_ptr<PgQueryDeparseResult, void (*)(PgQueryDeparseResult*)> owner(
      &result, [](PgQueryDeparseResult* r) { pg_query_free_deparse_result(*r); });
  if (result.error != nullptr) {
    throw SqlError(SqlState::kInternalError, std::string("deparse: ") + result.error->message);
  }
  return WithoutMarks(result.query, mark);
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
