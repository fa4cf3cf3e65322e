#include "commands/alter/stored_text.h"

#include "commands/ast_read.h"
#include "commands/view/view_text.h"
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

}  // namespace

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

}  // namespace grizzly::commands
