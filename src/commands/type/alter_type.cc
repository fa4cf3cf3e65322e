#include "commands/type/alter_type.h"

#include "catalog/object_text.h"
#include "catalog/record.h"
#include "commands/alter/rename.h"
#include "commands/alter/renamed_definitions.h"
#include "commands/table/typed_table.h"
#include "commands/type/type_parts.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::Type;

std::vector<std::string> NamesOfType(const ast::Node& node) {
  if (node.node_case != PG_QUERY__NODE__NODE_TYPE_NAME) return NamesOf(node);
  return StringsOf(ListOf(node.type_name->names, node.type_name->n_names));
}

TypePtr RequireDomain(CommandInput& input, const std::vector<std::string>& names) {
  const TypePtr type = RequireTypeToChange(input, names);
  if (type->typtype == 'd') return type;
  throw SqlError(SqlState::kWrongObjectType,
                 fmt::format("{} is not a domain", TypeText(input, type->oid)));
}

// Row types and arrays change with what they are of.
void RefuseParts(CommandInput& input, const Type& type) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const catalog::RelationPtr relation =
      type.typtype == 'c' ? snapshot->FindRelation(type.relation) : nullptr;
  if (relation != nullptr && relation->kind != catalog::RelationKind::kCompositeType) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("{} is a table's row type", TypeText(input, type.oid)))
        .Hint("Use ALTER TABLE instead.");
  }
  const TypePtr element = snapshot->FindType(type.element);
  if (element == nullptr || element->array != type.oid) return;
  const std::string of = TypeText(input, element->oid);
  throw SqlError(SqlState::kWrongObjectType,
                 fmt::format("cannot alter array type {}", TypeText(input, type.oid)))
      .Hint(fmt::format("You can alter type {}, which will alter the array type as well.", of));
}

TypePtr RequireAlterable(CommandInput& input, const std::vector<std::string>& names,
                         bool domain) {
  TypePtr type = domain ? RequireDomain(input, names) : RequireTypeToChange(input, names);
  RequireTypeOwner(input, *type);
  RefuseParts(input, *type);
  return type;
}

// The type, its array and, of a composite, the relation behind it.
void MoveType(CommandInput& input, const Type& before, Oid schema, const std::string& name) {
  LockChosenName(input, schema, name);
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const catalog::ObjectAddress moved[] = {{catalog::kTypeClass, before.oid}};
  Type changed = *input.editor.Current()->FindType(before.oid);
  changed.schema = schema;
  changed.name = name;
  input.editor.PutType(std::move(changed));
  if (before.relation != kInvalidOid) {
    Relation relation = *Reread(input, before.relation);
    relation.schema = schema;
    relation.name = name;
    input.editor.PutRelation(std::move(relation));
  }
  if (before.array != kInvalidOid) {
    Type array = *input.editor.Current()->FindType(before.array);
    array.schema = schema;
    if (before.name != name) array.name = ChooseArrayTypeName(input, schema, name);
    input.editor.PutType(std::move(array));
  }
  RewriteDefinitions(input, snapshot, moved);
}

bool IsDomainStatement(PgQuery__ObjectType type) {
  return type == PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN;
}
std::string TagOf(PgQuery__ObjectType type) {
  return IsDomainStatement(type) ? "ALTER DOMAIN" : "ALTER TYPE";
}

catalog::Constraint& RequireDomainCheck(CommandInput& input, Type* domain, std::string_view name) {
  for (catalog::Constraint& check : domain->checks) {
    if (check.name == name) return check;
  }
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("constraint \"{}\" for domain {} does not exist", name,
                             TypeText(input, domain->oid)));
}

}  // namespace

std::string RenameType(const PgQuery__RenameStmt& statement, CommandInput& input) {
  const TypePtr type = RequireAlterable(input, NamesOfType(*statement.object),
                                        IsDomainStatement(statement.rename_type));
  const std::string name(TextOf(statement.newname));
  RefuseTakenTypeName(input, type->schema, name);
  MoveType(input, *type, type->schema, name);
  return TagOf(statement.rename_type);
}

std::string RenameAttribute(const PgQuery__RenameStmt& statement, CommandInput& input) {
  const catalog::RelationPtr relation =
      LockRelation(input, *statement.relation, txn::RelationLockMode::kAccessExclusive,
                   statement.missing_ok);
  if (relation == nullptr) {
    SendNotice(input, fmt::format("relation \"{}\" does not exist, skipping",
                                  TextOf(statement.relation->relname)));
    return "ALTER TYPE";
  }
  if (relation->kind != catalog::RelationKind::kCompositeType) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not a composite type", relation->name));
  }
  RequireTypeOwner(input, *input.editor.Current()->FindType(relation->row_type));
  const bool cascade = statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
  const std::vector<catalog::RelationPtr> tables = LockTypedTables(input, *relation, cascade);
  const catalog::Column* column = relation->FindColumn(TextOf(statement.subname));
  if (column == nullptr) {
    throw SqlError(SqlState::kUndefinedColumn,
                   fmt::format("column \"{}\" does not exist", TextOf(statement.subname)));
  }
  const std::string name(TextOf(statement.newname));
  if (relation->FindColumn(name) != nullptr) {
    throw SqlError(SqlState::kDuplicateColumn,
                   fmt::format("column \"{}\" of relation \"{}\" already exists", name,
                               relation->name));
  }
  for (const catalog::RelationPtr& table : tables) {
    RenameColumnOf(input, table, column->name, name);
  }
  const catalog::SnapshotPtr before = input.editor.Current();
  const catalog::ObjectAddress renamed[] = {{catalog::kRelationClass, relation->oid, column->attnum}};
  Relation changed = *relation;
  changed.columns[column->attnum - 1].name = name;
  input.editor.PutRelation(std::move(changed));
  RewriteDefinitions(input, before, renamed);
  return "ALTER TYPE";
}

std::string RenameDomainConstraint(const PgQuery__RenameStmt& statement, CommandInput& input) {
  Type domain = *RequireDomain(input, NamesOfType(*statement.object));
  RequireTypeOwner(input, domain);
  const std::string name(TextOf(statement.newname));
  catalog::Constraint& check = RequireDomainCheck(input, &domain, TextOf(statement.subname));
  for (const catalog::Constraint& other : domain.checks) {
    if (other.name != name) continue;
    throw SqlError(SqlState::kDuplicateObject,
                   fmt::format("constraint \"{}\" for domain {} already exists", name,
                               TypeText(input, domain.oid)));
  }
  check.name = name;
  input.editor.PutType(std::move(domain));
  return "ALTER DOMAIN";
}

std::string SetTypeSchema(const PgQuery__AlterObjectSchemaStmt& statement, CommandInput& input) {
  const TypePtr type = RequireAlterable(input, NamesOfType(*statement.object),
                                        IsDomainStatement(statement.object_type));
  const Oid schema =
      catalog::RequireSchema(*input.editor.Current(), TextOf(statement.newschema)).oid;
  LockSchema(input, schema, /*exclusive=*/false);
  if (schema == type->schema) return TagOf(statement.object_type);
  if (input.editor.Current()->FindType(schema, type->name) != nullptr) {
    throw SqlError(SqlState::kDuplicateObject,
                   fmt::format("type \"{}\" already exists in schema \"{}\"", type->name,
                               TextOf(statement.newschema)));
  }
  MoveType(input, *type, schema, type->name);
  return TagOf(statement.object_type);
}

std::string SetTypeOwner(const PgQuery__AlterOwnerStmt& statement, CommandInput& input, Oid owner) {
  const TypePtr type = RequireAlterable(input, NamesOfType(*statement.object),
                                        IsDomainStatement(statement.object_type));
  SetTypeOwner(input, type->oid, owner);
  if (type->relation != kInvalidOid) {
    Relation relation = *Reread(input, type->relation);
    relation.owner = owner;
    input.editor.PutRelation(std::move(relation));
  }
  return TagOf(statement.object_type);
}

void CommentOnType(const PgQuery__CommentStmt& statement, CommandInput& input, std::string text) {
  Type type = *RequireTypeToChange(input, NamesOfType(*statement.object));
  if (IsDomainStatement(statement.objtype) && type.typtype != 'd') {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not a domain", TypeText(input, type.oid)));
  }
  RequireTypeOwner(input, type);
  type.comment = std::move(text);
  input.editor.PutType(std::move(type));
}

void CommentOnDomainConstraint(const PgQuery__CommentStmt& statement, CommandInput& input,
                               std::string text) {
  const PgQuery__List& parts = *statement.object->list;
  Type domain = *RequireDomain(input, NamesOfType(*parts.items[0]));
  RequireTypeOwner(input, domain);
  RequireDomainCheck(input, &domain, StringOf(parts.items[1])).comment = std::move(text);
  input.editor.PutType(std::move(domain));
}

}  // namespace grizzly::commands
