#include "commands/alter/comment.h"

#include "commands/named_kind.h"
#include "commands/object/named_object.h"
#include "commands/object/schema_objects.h"
#include "commands/relation_lookup.h"
#include "commands/type/alter_type.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationKind;
using catalog::RelationPtr;

struct CommentedKind {
  PgQuery__ObjectType type;
  RelationKind kind;
  std::string_view name;
};
constexpr CommentedKind kCommentedKinds[] = {
    {PG_QUERY__OBJECT_TYPE__OBJECT_TABLE, RelationKind::kTable, "a table"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_VIEW, RelationKind::kView, "a view"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW, RelationKind::kMaterializedView, "a materialized view"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_INDEX, RelationKind::kIndex, "an index"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE, RelationKind::kSequence, "a sequence"},
};

RelationPtr LockCommented(CommandInput& input, std::vector<std::string> names) {
  RelationPtr relation = LockRelation(input, QualifiedNameOf(std::move(names)),
                                      txn::RelationLockMode::kShareUpdateExclusive);
  RequireOwner(input, *relation);
  return relation;
}

void CommentOnRelation(CommandInput& input, const PgQuery__CommentStmt& statement,
                       const CommentedKind& kind, std::string text) {
  const RelationPtr relation = LockCommented(input, NamesOf(*statement.object));
  if (NamedKind(relation->kind) != kind.kind) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not {}", relation->name, kind.name));
  }
  Relation changed = *relation;
  changed.comment = std::move(text);
  input.editor.PutRelation(std::move(changed));
}

void CommentOnColumn(CommandInput& input, const PgQuery__CommentStmt& statement,
                     std::string text) {
  std::vector<std::string> names = NamesOf(*statement.object);
  const std::string column = names.back();
  names.pop_back();
  if (names.empty()) {
    throw SqlError(SqlState::kSyntaxError, "column name must be qualified");
  }
  const RelationPtr relation = LockCommented(input, std::move(names));
  if (relation->index.has_value() || relation->kind == RelationKind::kSequence) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot set comment on relation \"{}\"", relation->name))
        .Detail(relation->kind == RelationKind::kIndex
                    ? "This operation is not supported for indexes."
                    : "This operation is not supported for sequences.");
  }
  const AttributeNumber attnum = RequireColumn(*relation, column).attnum;
  Relation changed = *relation;
  changed.columns[attnum - 1].comment = std::move(text);
  input.editor.PutRelation(std::move(changed));
}

void CommentOnConstraint(CommandInput& input, const PgQuery__CommentStmt& statement,
                         std::string text) {
  std::vector<std::string> names = NamesOf(*statement.object);
  const std::string name = names.back();
  names.pop_back();
  const RelationPtr table = LockCommented(input, std::move(names));
  Relation changed = *table;
  for (catalog::Constraint& constraint : changed.constraints) {
    if (constraint.name != name) continue;
    constraint.comment = std::move(text);
    input.editor.PutRelation(std::move(changed));
    return;
  }
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("constraint \"{}\" for table \"{}\" does not exist", name,
                             table->name));
}

void CommentOnSchema(CommandInput& input, const PgQuery__CommentStmt& statement,
                     std::string text) {
  const std::string name = NamesOf(*statement.object).back();
  LockSchemaName(input, name);
  catalog::Schema schema = catalog::RequireSchema(*input.editor.Current(), name);
  RequireSchemaOwner(input, schema);
  schema.comment = std::move(text);
  input.editor.PutSchema(std::move(schema));
}

void CommentOnDatabase(CommandInput& input, const PgQuery__CommentStmt& statement,
                       std::string text) {
  const std::string name = NamesOf(*statement.object).back();
  const auto found = input.shared.FindDatabase(name);
  if (found == nullptr) {
    return SendNotice(input, fmt::format("database \"{}\" does not exist", name), "",
                      Severity::kWarning, SqlState::kInvalidCatalogName);
  }
  catalog::Database database = *found;
  database.comment = std::move(text);
  input.shared.AlterDatabase(database);
}

void CommentOnRole(CommandInput& input, const PgQuery__CommentStmt& statement, std::string text) {
  const std::string name = NamesOf(*statement.object).back();
  const auto found = input.shared.FindRole(name, input.transaction);
  if (found == nullptr) {
    throw SqlError(SqlState::kUndefinedObject, fmt::format("role \"{}\" does not exist", name));
  }
  catalog::Role role = *found;
  role.comment = std::move(text);
  input.shared.PutRole(input.transaction, std::move(role));
}

// A comment on what users made is in its record.
void CommentOnNamedObject(CommandInput& input, const PgQuery__CommentStmt& statement,
                          std::string text) {
  const catalog::ObjectAddress address =
      RequireNamedObject(input, statement.objtype, *statement.object);
  const auto made = catalog::ObjectsOf(*input.editor.Current()).FindObject(address.object_class, address.object);
  if (made == nullptr) {
    RequireSuperuser(input, fmt::format("must be owner of {}",
                                        catalog::SchemaObjectKind(address.object_class)));
    return catalog::ObjectEditorOf(input.editor).PutComment(address.object_class, address.object, std::move(text));
  }
  RequireObjectOwner(input, *made);
  catalog::SchemaObject changed = *made;
  changed.comment = std::move(text);
  catalog::ObjectEditorOf(input.editor).PutObject(std::move(changed));
}

}  // namespace

std::string Comment(const PgQuery__CommentStmt& statement, CommandInput& input) {
  std::string text(TextOf(statement.comment));
  for (const CommentedKind& kind : kCommentedKinds) {
    if (kind.type != statement.objtype) continue;
    CommentOnRelation(input, statement, kind, std::move(text));
    return "COMMENT";
  }
  switch (statement.objtype) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN:
      CommentOnColumn(input, statement, std::move(text));
      break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT:
      CommentOnConstraint(input, statement, std::move(text));
      break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA:
      CommentOnSchema(input, statement, std::move(text));
      break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE:
      CommentOnDatabase(input, statement, std::move(text));
      break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_ROLE:
      CommentOnRole(input, statement, std::move(text));
      break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN:
      CommentOnType(statement, input, std::move(text));
      break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT:
      CommentOnDomainConstraint(statement, input, std::move(text));
      break;
    default: CommentOnNamedObject(input, statement, std::move(text));
  }
  return "COMMENT";
}

}  // namespace grizzly::commands
