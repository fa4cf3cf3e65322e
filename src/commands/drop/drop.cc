#include "commands/drop/drop.h"

#include "catalog/record.h"
#include "catalog/schema_lookup.h"
#include "commands/drop/drop_builtin.h"
#include "commands/drop/drop_closure.h"
#include "commands/index/concurrent_index.h"
#include "commands/named_kind.h"
#include "commands/object/schema_objects.h"
#include "commands/relation_lookup.h"
#include "commands/type/type_parts.h"
#include "facts/oid.h"

namespace grizzly::commands {
namespace {

using catalog::RelationKind;
using catalog::RelationPtr;

struct DroppedKind {
  PgQuery__ObjectType object;
  RelationKind kind;
  std::string_view name;
  std::string_view article_name;  // "a table"
  std::string_view tag;
  SqlState missing;
};
constexpr DroppedKind kDroppedKinds[] = {
    {PG_QUERY__OBJECT_TYPE__OBJECT_TABLE, RelationKind::kTable, "table", "a table", "DROP TABLE",
     SqlState::kUndefinedTable},
    {PG_QUERY__OBJECT_TYPE__OBJECT_VIEW, RelationKind::kView, "view", "a view", "DROP VIEW",
     SqlState::kUndefinedTable},
    {PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW, RelationKind::kMaterializedView, "materialized view",
     "a materialized view", "DROP MATERIALIZED VIEW", SqlState::kUndefinedTable},
    {PG_QUERY__OBJECT_TYPE__OBJECT_INDEX, RelationKind::kIndex, "index", "an index", "DROP INDEX",
     SqlState::kUndefinedObject},
    {PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE, RelationKind::kSequence, "sequence", "a sequence",
     "DROP SEQUENCE", SqlState::kUndefinedTable},
};

[[noreturn]] void ThrowWrongKind(const catalog::Relation& relation, const DroppedKind& wanted) {
  SqlError error(SqlState::kWrongObjectType,
                 fmt::format("\"{}\" is not {}", relation.name, wanted.article_name));
  for (const DroppedKind& kind : kDroppedKinds) {
    if (kind.kind != NamedKind(relation.kind)) continue;
    throw std::move(error).Hint(
        fmt::format("Use {} to remove {}.", kind.tag, kind.article_name));
  }
  throw error;
}

// Says that there is none, or throws it.
void Missing(CommandInput& input, const DroppedKind& kind, const QualifiedName& name,
             bool missing_ok) {
  const bool no_schema =
      !name.schema.empty() &&
      catalog::FindSchema(*input.editor.Current(), input.search_path, name.schema) == nullptr;
  const std::string message =
      no_schema ? fmt::format("schema \"{}\" does not exist", name.schema)
                : fmt::format("{} \"{}\" does not exist", kind.name, name.name);
  if (missing_ok) return SendNotice(input, message + ", skipping");
  throw SqlError(no_schema ? SqlState::kInvalidSchemaName : kind.missing, message);
}

// DROP INDEX CONCURRENTLY, of the one index that is named. False: it goes as any other.
bool DropIndexBesideUsers(const QualifiedName& name, CommandInput& input) {
  const RelationPtr seen = LockRelation(input, name, txn::RelationLockMode::kAccessShare, true);
  if (seen == nullptr || !seen->index.has_value() || seen->persistence == 't') return false;
  LockRelationByOid(input, seen->index->table, txn::RelationLockMode::kShareUpdateExclusive);
  const RelationPtr index = LockRelation(input, name, txn::RelationLockMode::kAccessShare, true);
  if (index == nullptr || index->oid != seen->oid) return false;
  RequireOwner(input, *index);
  if (index->kind == RelationKind::kPartitionedIndex) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot drop partitioned index \"{}\" concurrently", index->name));
  }
  const std::vector<catalog::ObjectAddress> target = {{catalog::kRelationClass, index->oid, 0}};
  RequireDroppable(input, target);
  RetireIndex(input, index->oid);
  DropObjects(input, target, /*cascade=*/false);
  return true;
}

std::string DropRelations(const PgQuery__DropStmt& statement, const DroppedKind& kind,
                          CommandInput& input) {
  if (statement.concurrent &&
      DropIndexBesideUsers(QualifiedNameOf(NamesOf(*statement.objects[0])), input)) {
    return std::string(kind.tag);
  }
  std::vector<catalog::ObjectAddress> targets;
  for (const ast::Node* node : ListOf(statement.objects, statement.n_objects)) {
    const QualifiedName name = QualifiedNameOf(NamesOf(*node));
    // The table of an index is locked first, as everybody else does.
    if (kind.kind == RelationKind::kIndex) {
      const RelationPtr seen = LockRelation(input, name, txn::RelationLockMode::kAccessShare, true);
      if (seen != nullptr && seen->index.has_value()) {
        LockRelationByOid(input, seen->index->table, txn::RelationLockMode::kAccessExclusive);
      }
    }
    const RelationPtr relation =
        LockRelation(input, name, txn::RelationLockMode::kAccessExclusive, true);
    if (relation == nullptr) {
      Missing(input, kind, name, statement.missing_ok);
      continue;
    }
    if (NamedKind(relation->kind) != kind.kind) ThrowWrongKind(*relation, kind);
    RequireOwner(input, *relation);
    // CONCURRENTLY means nothing for temporary ones.
    if (statement.concurrent && relation->persistence != 't' &&
        relation->kind == RelationKind::kPartitionedIndex) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     fmt::format("cannot drop partitioned index \"{}\" concurrently", relation->name));
    }
    targets.push_back({catalog::kRelationClass, relation->oid, 0});
  }
  if (!targets.empty()) {
    DropObjects(input, targets,
                statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
  }
  return std::string(kind.tag);
}

// A type among those to drop; null when there is none, which has been said then.
TypePtr FindDroppedType(CommandInput& input, const PgQuery__DropStmt& statement,
                        const PgQuery__TypeName& node) {
  const std::vector<std::string> names = StringsOf(ListOf(node.names, node.n_names));
  if (!statement.missing_ok) return RequireTypeToChange(input, names);
  TypePtr type = FindTypeToChange(input, names);
  if (type != nullptr) return type;
  const QualifiedName name = QualifiedNameOf(names);
  const bool no_schema =
      !name.schema.empty() && input.editor.Current()->FindSchema(name.schema) == nullptr;
  SendNotice(input, no_schema
                        ? fmt::format("schema \"{}\" does not exist, skipping", name.schema)
                        : fmt::format("type \"{}\" does not exist, skipping",
                                      name.schema.empty() ? name.name
                                                          : name.schema + "." + name.name));
  return nullptr;
}

std::string DropTypes(const PgQuery__DropStmt& statement, CommandInput& input) {
  const bool domains = statement.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN;
  std::vector<catalog::ObjectAddress> targets;
  for (const ast::Node* node : ListOf(statement.objects, statement.n_objects)) {
    const TypePtr type = FindDroppedType(input, statement, *node->type_name);
    if (type == nullptr) continue;
    if (domains && type->typtype != 'd') {
      throw SqlError(SqlState::kWrongObjectType,
                     fmt::format("\"{}\" is not a domain",
                                 QualifiedNameOf(StringsOf(ListOf(node->type_name->names,
                                                                  node->type_name->n_names)))
                                     .name));
    }
    RequireTypeOwner(input, *type);
    if (type->oid < kFirstUserOid) {
      throw SqlError(SqlState::kDependentObjectsStillExist,
                     fmt::format("cannot drop type {} because it is required by the database "
                                 "system",
                                 TypeText(input, type->oid)));
    }
    targets.push_back({catalog::kTypeClass, type->oid, 0});
  }
  if (!targets.empty()) {
    DropObjects(input, targets, statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
  }
  return domains ? "DROP DOMAIN" : "DROP TYPE";
}

std::string DropSchemas(const PgQuery__DropStmt& statement, CommandInput& input) {
  std::vector<catalog::ObjectAddress> targets;
  for (const ast::Node* node : ListOf(statement.objects, statement.n_objects)) {
    const std::string name = NamesOf(*node).back();
    LockSchemaName(input, name);
    const catalog::SnapshotPtr snapshot = input.editor.Current();
    const catalog::Schema* schema = snapshot->FindSchema(name);
    if (schema == nullptr) {
      if (!statement.missing_ok) catalog::RequireSchema(*snapshot, name);
      SendNotice(input, fmt::format("schema \"{}\" does not exist, skipping", name));
      continue;
    }
    RequireSchemaOwner(input, *schema);
    if (schema->oid < kFirstUserOid && schema->oid != facts::kPublicNamespaceOid) {
      throw SqlError(SqlState::kDependentObjectsStillExist,
                     fmt::format("cannot drop schema {} because it is required by the database "
                                 "system",
                                 name));
    }
    targets.push_back({catalog::kSchemaClass, schema->oid, 0});
  }
  if (!targets.empty()) {
    DropObjects(input, targets, statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
  }
  return "DROP SCHEMA";
}

}  // namespace

std::string Drop(const PgQuery__DropStmt& statement, CommandInput& input) {
  if (statement.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA) {
    return DropSchemas(statement, input);
  }
  if (statement.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TYPE ||
      statement.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN) {
    return DropTypes(statement, input);
  }
  if (ClassOfObjectType(statement.remove_type) != kInvalidOid) {
    return DropSchemaObjects(statement, input);
  }
  if (IsBuiltinKind(statement.remove_type)) return DropBuiltinObjects(statement, input);
  if (statement.concurrent) {
    RefuseInTransactionBlock(input, "DROP INDEX CONCURRENTLY");
    if (statement.n_objects != 1) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     "DROP INDEX CONCURRENTLY does not support dropping multiple objects");
    }
    if (statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE) {
      throw SqlError(SqlState::kFeatureNotSupported,
                     "DROP INDEX CONCURRENTLY does not support CASCADE");
    }
  }
  for (const DroppedKind& kind : kDroppedKinds) {
    if (kind.object == statement.remove_type) return DropRelations(statement, kind, input);
  }
  ThrowNotSupported("DROP of this kind of object");
}

}  // namespace grizzly::commands
