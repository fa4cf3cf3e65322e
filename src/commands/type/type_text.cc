#include "commands/type/type_text.h"

#include "catalog/object_text.h"
#include "catalog/record.h"
#include "commands/type/type_parts.h"
#include "commands/view/view_text.h"
#include "parser/deparse.h"
#include "parser/parse.h"

namespace grizzly::commands {
namespace {

using catalog::Definition;
using catalog::Relation;
using catalog::RelationPtr;

class TypeRenamer {
 public:
  TypeRenamer(const std::string& old_schema, const std::string& old_name,
              const std::string& new_schema, const std::string& new_name)
      : old_schema_(old_schema), old_name_(old_name), new_schema_(new_schema), new_name_(new_name) {}

  void InExpression(Definition* definition) const {
    if (definition->empty()) return;
    Arena arena;
    const auto parsed = parser::ParsedText::Parse("SELECT " + definition->sql);
    ast::Node* tree = CloneTree(*parsed->statements().front().node, arena);
    Rename(tree, arena);
    definition->sql =
        parser::DeparseExpression(*tree->select_stmt->target_list[0]->res_target->val);
  }

  void InQuery(Definition* definition) const {
    Arena arena;
    const auto parsed = parser::ParsedText::Parse(definition->sql);
    ast::Node* tree = CloneTree(*parsed->statements().front().node, arena);
    Rename(tree, arena);
    definition->sql = parser::DeparseStatement(*tree);
  }

 private:
  static ast::Node* NewName(const std::string& text, Arena& arena) {
    ast::Node* node = reinterpret_cast<ast::Node*>(arena.Allocate(sizeof(ast::Node), 8));
    pg_query__node__init(node);
    node->node_case = PG_QUERY__NODE__NODE_STRING;
    node->string = reinterpret_cast<PgQuery__String*>(arena.Allocate(sizeof(PgQuery__String), 8));
    pg_query__string__init(node->string);
    node->string->sval = arena.Allocate(text.size() + 1, 1);
    std::memcpy(node->string->sval, text.c_str(), text.size() + 1);
    return node;
  }

  // Whatever the path was, the new name is written with its schema.
  void Rename(ast::Node* tree, Arena& arena) const {
    WalkTree(*tree, [&](ProtobufCMessage& message) {
      if (message.descriptor != &pg_query__type_name__descriptor) return;
      auto& type = reinterpret_cast<PgQuery__TypeName&>(message);
      if (type.n_names == 0 || StringOf(type.names[type.n_names - 1]) != old_name_) return;
      if (type.n_names > 1 && StringOf(type.names[type.n_names - 2]) != old_schema_) return;
      auto** names = reinterpret_cast<ast::Node**>(arena.Allocate(2 * sizeof(ast::Node*), 8));
      names[0] = NewName(new_schema_, arena);
      names[1] = NewName(new_name_, arena);
      type.names = names;
      type.n_names = 2;
    });
  }

  const std::string& old_schema_;
  const std::string& old_name_;
  const std::string& new_schema_;
  const std::string& new_name_;
};

void RewriteInRelation(CommandInput& input, const RelationPtr& relation,
                       const catalog::Dependency& edge, const TypeRenamer& renamer) {
  Relation changed = *relation;
  for (catalog::Column& column : changed.columns) {
    if (column.default_oid == edge.dependent) renamer.InExpression(&column.default_value);
  }
  for (catalog::Constraint& constraint : changed.constraints) {
    if (constraint.oid == edge.dependent) renamer.InExpression(&constraint.check);
  }
  input.editor.PutRelation(std::move(changed));
}

void RewriteInDomain(CommandInput& input, Oid domain, const catalog::Dependency& edge,
                     const TypeRenamer& renamer) {
  catalog::Type changed = *input.editor.Current()->FindType(domain);
  if (edge.dependent_class == catalog::kTypeClass) renamer.InExpression(&changed.default_value);
  for (catalog::Constraint& check : changed.checks) {
    if (check.oid == edge.dependent) renamer.InExpression(&check.check);
  }
  input.editor.PutType(std::move(changed));
}

void RewriteDependent(CommandInput& input, const catalog::Dependency& edge,
                      const TypeRenamer& renamer) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const catalog::ObjectAddress address{edge.dependent_class, edge.dependent, 0};
  switch (edge.dependent_class) {
    case catalog::kDefaultClass:
    case catalog::kConstraintClass:
      if (const RelationPtr table = catalog::OwningRelation(*snapshot, address)) {
        return RewriteInRelation(input, table, edge, renamer);
      }
      if (const TypePtr domain = catalog::OwningDomain(*snapshot, address)) {
        RewriteInDomain(input, domain->oid, edge, renamer);
      }
      return;
    case catalog::kTypeClass:
      if (snapshot->KindOf(edge.dependent) == 'd') {
        RewriteInDomain(input, edge.dependent, edge, renamer);
      }
      return;
    case catalog::kRelationClass: {
      const RelationPtr view = snapshot->FindRelation(edge.dependent);
      if (view == nullptr || !view->view.has_value()) return;
      Relation changed = *view;
      renamer.InQuery(&changed.view->query);
      input.editor.PutRelation(std::move(changed));
      return;
    }
    default: return;
  }
}

}  // namespace

void RewriteTypeMentions(CommandInput& input, const catalog::Type& type,
                         const std::string& new_schema, const std::string& new_name) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const std::string old_schema = snapshot->FindSchema(type.schema)->name;
  const TypeRenamer renamer(old_schema, type.name, new_schema, new_name);
  for (const Oid oid : {type.oid, type.array}) {
    if (oid == kInvalidOid) continue;
    for (const catalog::Dependency& edge : snapshot->DependentsOn(catalog::kTypeClass, oid)) {
      RewriteDependent(input, edge, renamer);
    }
  }
}

}  // namespace grizzly::commands
