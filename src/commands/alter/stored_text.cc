#include "commands/alter/stored_text.h"

#include "commands/ast_read.h"
#include "commands/view/view_text.h"
#include "facts/types.h"
#include "parser/deparse.h"
#include "parser/parse.h"

namespace grizzly::commands {
namespace {

// The expression as the only target of a SELECT; lives in the arena.
ast::Node* ParseExpression(const std::string& expression, Arena& arena) {
  const auto parsed = parser::ParsedText::Parse("SELECT " + expression);
  ast::Node* tree = CloneTree(*parsed->statements().front().node, arena);
  return tree->select_stmt->target_list[0]->res_target->val;
}

char* CopyText(const std::string& text, Arena& arena) {
  char* copy = arena.Allocate(text.size() + 1, 1);
  std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

bool IsSequenceFunction(const PgQuery__FuncCall& call) {
  const std::string_view name = StringOf(call.funcname[call.n_funcname - 1]);
  return name == "nextval" || name == "currval" || name == "setval";
}

bool IsRegclass(const PgQuery__TypeName& type) {
  return StringOf(type.names[type.n_names - 1]) == "regclass";
}

}  // namespace

std::string RenameColumnInExpression(const std::string& expression, const std::string& old_name,
                                     const std::string& new_name) {
  Arena arena;
  ast::Node* tree = ParseExpression(expression, arena);
  WalkTree(*tree, [&](ProtobufCMessage& message) {
    if (message.descriptor != &pg_query__column_ref__descriptor) return;
    auto& reference = reinterpret_cast<PgQuery__ColumnRef&>(message);
    ast::Node* last = reference.fields[reference.n_fields - 1];
    if (StringOf(last) == old_name) last->string->sval = CopyText(new_name, arena);
  });
  return parser::DeparseExpression(*tree);
}

std::string RenameTableInExpression(const std::string& expression, const std::string& old_name,
                                    const std::string& new_name) {
  Arena arena;
  ast::Node* tree = ParseExpression(expression, arena);
  WalkTree(*tree, [&](ProtobufCMessage& message) {
    if (message.descriptor != &pg_query__column_ref__descriptor) return;
    auto& reference = reinterpret_cast<PgQuery__ColumnRef&>(message);
    if (reference.n_fields < 2) return;
    ast::Node* table = reference.fields[reference.n_fields - 2];
    if (StringOf(table) == old_name) table->string->sval = CopyText(new_name, arena);
  });
  return parser::DeparseExpression(*tree);
}

std::string RenameRelationConstants(CommandInput& input, const std::string& expression, Oid oid,
                                    const std::string& new_text) {
  Arena arena;
  ast::Node* tree = ParseExpression(expression, arena);
  const auto rename = [&](ast::Node* node) {
    if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_A_CONST ||
        node->a_const->val_case != PG_QUERY__A__CONST__VAL_SVAL) {
      return;
    }
    const std::string_view text = TextOf(node->a_const->sval->sval);
    if (input.services->ResolveRegName(facts::kRegclassOid, text, /*missing_ok=*/true) != oid) {
      return;
    }
    node->a_const->sval->sval = CopyText(new_text, arena);
  };
  WalkTree(*tree, [&](ProtobufCMessage& message) {
    if (message.descriptor == &pg_query__func_call__descriptor) {
      auto& call = reinterpret_cast<PgQuery__FuncCall&>(message);
      if (IsSequenceFunction(call) && call.n_args > 0) rename(call.args[0]);
    } else if (message.descriptor == &pg_query__type_cast__descriptor) {
      auto& cast = reinterpret_cast<PgQuery__TypeCast&>(message);
      if (IsRegclass(*cast.type_name)) rename(cast.arg);
    }
  });
  return parser::DeparseExpression(*tree);
}

}  // namespace grizzly::commands
