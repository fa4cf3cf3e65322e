#include "commands/alter/rename.h"

#include <algorithm>
#include <set>

#include "catalog/inheritance.h"
#include "catalog/object_text.h"
#include "catalog/record.h"
#include "catalog/schema_lookup.h"
#include "commands/alter/alter_children.h"
#include "commands/alter/alter_table.h"
#include "commands/alter/renamed_definitions.h"
#include "commands/named_kind.h"
#include "commands/object/operator_families.h"
#include "commands/object/schema_objects.h"
#include "commands/relation_lookup.h"
#include "commands/role/databases.h"
#include "commands/role/roles.h"
#include "commands/sequence/owned_sequences.h"
#include "commands/type/alter_type.h"
#include "commands/type/type_parts.h"
#include "commands/table/table_elements.h"
#include "commands/table/typed_table.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationKind;
using catalog::RelationPtr;

struct NewPlace {
  Oid schema;
  std::string name;
};

std::string SchemaName(CommandInput& input, Oid schema) {
  return input.editor.Current()->FindSchema(schema)->name;
}

void RefuseTaken(CommandInput& input, const NewPlace& place, RelationKind kind) {
  LockChosenName(input, place.schema, place.name);
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  if (snapshot->FindRelation(place.schema, place.name) != nullptr) {
    throw SqlError(SqlState::kDuplicateTable,
                   fmt::format("relation \"{}\" already exists", place.name));
  }
  const bool has_type = kind == RelationKind::kTable || kind == RelationKind::kMaterializedView ||
                        kind == RelationKind::kView;
  if (has_type) RefuseTakenTypeName(input, place.schema, place.name);
}

void MoveRowType(CommandInput& input, Oid row_type, const NewPlace& place) {
  if (row_type == kInvalidOid) return;
  catalog::Type type = *input.editor.Current()->FindType(row_type);
  const Oid array_oid = type.array;
  type.schema = place.schema;
  type.name = place.name;
  input.editor.PutType(std::move(type));
  const auto array = input.editor.Current()->FindType(array_oid);
  if (array == nullptr) return;
  catalog::Type moved = *array;
  moved.schema = place.schema;
  moved.name = ChooseArrayTypeName(input, place.schema, place.name);
  input.editor.PutType(std::move(moved));
}

void MoveRelation(CommandInput& input, const RelationPtr& before, const NewPlace& place) {
  RefuseTaken(input, place, before->kind);
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  Relation changed = *Reread(input, before->oid);
  changed.schema = place.schema;
  changed.name = place.name;
  MoveRowType(input, changed.row_type, place);
  input.editor.PutRelation(std::move(changed));
  const catalog::ObjectAddress moved[] = {{catalog::kRelationClass, before->oid}};
  RewriteDefinitions(input, snapshot, moved);
}

void RenameConstraintOfIndex(CommandInput& input, const Relation& index, const std::string& name) {
  Relation table = *Reread(input, index.index->table);
  for (catalog::Constraint& constraint : table.constraints) {
    if (constraint.index == index.oid) constraint.name = name;
  }
  input.editor.PutRelation(std::move(table));
}

std::string RenameRelation(const PgQuery__RenameStmt& statement, CommandInput& input,
                           RelationKind kind, std::string_view kind_name, std::string tag) {
  const RelationPtr relation =
      LockRelation(input, *statement.relation, txn::RelationLockMode::kAccessExclusive,
                   statement.missing_ok);
  if (relation == nullptr) {
    SendNotice(input, fmt::format("relation \"{}\" does not exist, skipping",
                                  TextOf(statement.relation->relname)));
    return tag;
  }
  RequireOwner(input, *relation);
  // ALTER TABLE and ALTER INDEX rename whatever it is.
  const bool any_kind = kind == RelationKind::kTable || kind == RelationKind::kIndex;
  if (!any_kind && NamedKind(relation->kind) != kind) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("\"{}\" is not {}", relation->name, kind_name));
  }
  const std::string new_name(TextOf(statement.newname));
  if (relation->index.has_value()) {
    LockRelationByOid(input, relation->index->table,
                      txn::RelationLockMode::kShareUpdateExclusive);
  }
  MoveRelation(input, relation, {relation->schema, new_name});
  if (relation->index.has_value()) RenameConstraintOfIndex(input, *relation, new_name);
  return tag;
}

// Columns of an index are called as those of the table.
void RenameInIndexes(CommandInput& input, const Relation& table, AttributeNumber attnum,
                     const std::string& new_name) {
  for (const Oid oid : table.indexes) {
    Relation index = *Reread(input, oid);
    catalog::IndexDefinition& definition = *index.index;
    for (size_t i = 0; i < index.columns.size(); ++i) {
      const size_t included = i - definition.parts.size();
      const AttributeNumber column = i < definition.parts.size() ? definition.parts[i].column
                                                                 : definition.include[included];
      if (column == attnum) index.columns[i].name = new_name;
    }
    input.editor.PutRelation(std::move(index));
  }
}

void RequireNewColumnName(const Relation& table, const std::string& old_name,
                          const std::string& new_name) {
  const catalog::Column* column = table.FindColumn(old_name);
  if (column == nullptr) {
    throw SqlError(SqlState::kUndefinedColumn,
                   fmt::format("column \"{}\" does not exist", old_name));
  }
  if (table.FindColumn(new_name) != nullptr) {
    throw SqlError(SqlState::kDuplicateColumn,
                   fmt::format("column \"{}\" of relation \"{}\" already exists", new_name,
                               table.name));
  }
}

}  // namespace

void RenameColumnOf(CommandInput& input, const RelationPtr& relation, const std::string& old_name,
                    const std::string& new_name) {
  RequireNewColumnName(*relation, old_name, new_name);
  const AttributeNumber attnum = relation->FindColumn(old_name)->attnum;
  const catalog::SnapshotPtr before = input.editor.Current();
  Relation changed = *Reread(input, relation->oid);
  changed.columns[attnum - 1].name = new_name;
  input.editor.PutRelation(std::move(changed));
  RenameInIndexes(input, *relation, attnum, new_name);
  const catalog::ObjectAddress renamed[] = {{catalog::kRelationClass, relation->oid, attnum}};
  RewriteDefinitions(input, before, renamed);
}

namespace {

std::string RenameColumn(const PgQuery__RenameStmt& statement, CommandInput& input) {
  const std::string tag =
      statement.relation_type == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW      ? "ALTER VIEW"
      : statement.relation_type == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW ? "ALTER MATERIALIZED VIEW"
                                                                         : "ALTER TABLE";
  const RelationPtr relation =
      LockRelation(input, *statement.relation, txn::RelationLockMode::kAccessExclusive,
                   statement.missing_ok);
  if (relation == nullptr) {
    SendNotice(input, fmt::format("relation \"{}\" does not exist, skipping",
                                  TextOf(statement.relation->relname)));
    return tag;
  }
  RequireOwner(input, *relation);
  if (!relation->HasRows() && relation->kind != RelationKind::kView &&
      !relation->IsPartitioned()) {
    throw SqlError(SqlState::kWrongObjectType,
                   fmt::format("cannot rename columns of relation \"{}\"", relation->name))
        .Detail(NotSupportedDetail(relation->kind));
  }
  RefuseTyped(*relation, "rename column of");
  const std::string old_name(TextOf(statement.subname));
  const std::string new_name(TextOf(statement.newname));
  const bool is_table = relation->kind != RelationKind::kView;
  if (is_table && IsSystemColumnName(old_name)) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   fmt::format("cannot rename system column \"{}\"", old_name));
  }
  if (is_table && IsSystemColumnName(new_name)) {
    throw SqlError(SqlState::kDuplicateColumn,
                   fmt::format("column name \"{}\" conflicts with a system column name", new_name));
  }
  RequireNewColumnName(*relation, old_name, new_name);
  const Reach reach = statement.relation->inh ? Reach::kTree : Reach::kOnly;
  for (const Oid member : TreeOfColumn(input, *relation, old_name, reach,
                                       "inherited column \"{}\" must be renamed in child tables too",
                                       "cannot rename inherited column \"{}\"")) {
    RenameColumnOf(input, Reread(input, member), old_name, new_name);
  }
  return tag;
}

const catalog::Constraint& RequireConstraint(const Relation& table, std::string_view name) {
  for (const catalog::Constraint& constraint : table.constraints) {
    if (constraint.name == name) return constraint;
  }
  throw SqlError(SqlState::kUndefinedObject,
                 fmt::format("constraint \"{}\" for table \"{}\" does not exist", name,
                             table.name));
}

void RenameConstraintOf(CommandInput& input, const RelationPtr& table, const std::string& old_name,
                        const std::string& new_name) {
  const Oid index = RequireConstraint(*table, old_name).index;
  Relation changed = *table;
  for (catalog::Constraint& constraint : changed.constraints) {
    if (constraint.name == new_name) {
      throw SqlError(SqlState::kDuplicateObject,
                     fmt::format("constraint \"{}\" for relation \"{}\" already exists", new_name,
                                 table->name));
    }
    if (constraint.name == old_name) constraint.name = new_name;
  }
  input.editor.PutRelation(std::move(changed));
  if (index == kInvalidOid) return;
  RefuseTaken(input, {table->schema, new_name}, RelationKind::kIndex);
  Relation renamed = *Reread(input, index);
  renamed.name = new_name;
  input.editor.PutRelation(std::move(renamed));
}

// Of a check, the table and those that have it from it.
std::vector<Oid> TreeOfConstraint(CommandInput& input, const Relation& table, std::string_view name,
                                  Reach reach) {
  const catalog::Constraint& constraint = RequireConstraint(table, name);
  const auto refuse = [&](std::string_view why) {
    throw SqlError(SqlState::kInvalidTableDefinition, fmt::format(fmt::runtime(why), name));
  };
  std::vector<Oid> members{table.oid};
  if (constraint.kind != catalog::ConstraintKind::kCheck || constraint.no_inherit) return members;
  if (reach == Reach::kOnly && catalog::HasChildren(*input.editor.Current(), table.oid)) {
    refuse("inherited constraint \"{}\" must be renamed in child tables too");
  }
  for (const Oid member : LockDescendants(input, table, reach)) members.push_back(member);
  for (const Oid member : members) {
    const RelationPtr relation = Reread(input, member);
    const auto parents =
        std::count_if(relation->inherits.begin(), relation->inherits.end(), [&](Oid parent) {
          return std::find(members.begin(), members.end(), parent) != members.end();
        });
    if (RequireConstraint(*relation, name).inherited_count > parents) {
      refuse("cannot rename inherited constraint \"{}\"");
    }
  }
  return members;
}

std::string RenameConstraint(const PgQuery__RenameStmt& statement, CommandInput& input) {
  const RelationPtr table =
      LockRelation(input, *statement.relation, txn::RelationLockMode::kAccessExclusive,
                   statement.missing_ok);
  if (table == nullptr) {
    SendNotice(input, fmt::format("relation \"{}\" does not exist, skipping",
                                  TextOf(statement.relation->relname)));
    return "ALTER TABLE";
  }
  RequireOwner(input, *table);
  const std::string old_name(TextOf(statement.subname));
  const std::string new_name(TextOf(statement.newname));
  const Reach reach = statement.relation->inh ? Reach::kTree : Reach::kOnly;
  for (const Oid member : TreeOfConstraint(input, *table, old_name, reach)) {
    RenameConstraintOf(input, Reread(input, member), old_name, new_name);
  }
  return "ALTER TABLE";
}

std::string RenameSchema(const PgQuery__RenameStmt& statement, CommandInput& input) {
  const std::string old_name(TextOf(statement.subname));
  const std::string new_name(TextOf(statement.newname));
  LockSchemaName(input, old_name);
  LockSchemaName(input, new_name);
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  catalog::Schema schema = catalog::RequireSchema(*snapshot, old_name);
  RequireSchemaOwner(input, schema);
  if (snapshot->FindSchema(new_name) != nullptr) {
    throw SqlError(SqlState::kDuplicateSchema,
                   fmt::format("schema \"{}\" already exists", new_name));
  }
  if (new_name.starts_with("pg_")) {
    throw SqlError(SqlState::kReservedName,
                   fmt::format("unacceptable schema name \"{}\"", new_name))
        .Detail("The prefix \"pg_\" is reserved for system schemas.");
  }
  LockSchema(input, schema.oid, /*exclusive=*/true);
  const Oid oid = schema.oid;
  schema.name = new_name;
  input.editor.PutSchema(std::move(schema));
  RewriteDefinitionsOfSchema(input, snapshot, oid);
  return "ALTER SCHEMA";
}

std::string RenameDatabase(const PgQuery__RenameStmt& statement, CommandInput& input) {
  const std::string_view old_name = TextOf(statement.subname);
  const auto found = input.shared.FindDatabase(old_name);
  if (found == nullptr) {
    throw SqlError(SqlState::kInvalidCatalogName,
                   fmt::format("database \"{}\" does not exist", old_name));
  }
  if (!input.is_superuser && found->owner != input.current_role) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("must be owner of database {}", old_name));
  }
  if (old_name == input.services->CurrentDatabase()) {
    throw SqlError(SqlState::kFeatureNotSupported, "current database cannot be renamed");
  }
  RefuseDatabaseInUse(input, *found, /*terminate=*/false, "database");
  catalog::Database database = *found;
  database.name = TextOf(statement.newname);
  if (input.shared.FindDatabase(database.name) != nullptr) {
    throw SqlError(SqlState::kDuplicateDatabase,
                   fmt::format("database \"{}\" already exists", database.name));
  }
  input.shared.AlterDatabase(database);
  return "ALTER DATABASE";
}

}  // namespace

std::string Rename(const PgQuery__RenameStmt& statement, CommandInput& input) {
  switch (statement.rename_type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
      return RenameRelation(statement, input, RelationKind::kTable, "a table", "ALTER TABLE");
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
      return RenameRelation(statement, input, RelationKind::kView, "a view", "ALTER VIEW");
    case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW:
      return RenameRelation(statement, input, RelationKind::kMaterializedView,
                            "a materialized view", "ALTER MATERIALIZED VIEW");
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
      return RenameRelation(statement, input, RelationKind::kIndex, "an index", "ALTER INDEX");
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
      return RenameRelation(statement, input, RelationKind::kSequence, "a sequence",
                            "ALTER SEQUENCE");
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN: return RenameColumn(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT: return RenameConstraint(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA: return RenameSchema(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE: return RenameDatabase(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_ROLE: return RenameRole(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY: return RenameOperatorFamily(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN: return RenameType(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE: return RenameAttribute(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT:
      return RenameDomainConstraint(statement, input);
    default:
      if (ClassOfObjectType(statement.rename_type) != kInvalidOid) {
        return RenameSchemaObject(statement, input);
      }
      ThrowNotSupported("RENAME of this kind of object");
  }
}

namespace {

void CheckNewSchema(CommandInput& input, const Relation& relation, Oid schema) {
  const bool temporary = SchemaName(input, schema).starts_with(catalog::kTemporarySchemaPrefix);
  if (temporary || relation.persistence == 't') {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "cannot move objects into or out of temporary schemas");
  }
  if (relation.sequence.has_value() && relation.sequence->owner_table != kInvalidOid) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "cannot move an owned sequence into another schema")
        .Detail(fmt::format("Sequence \"{}\" is linked to table \"{}\".", relation.name,
                            Reread(input, relation.sequence->owner_table)->name));
  }
  if (input.editor.Current()->FindRelation(schema, relation.name) == nullptr) return;
  throw SqlError(SqlState::kDuplicateTable,
                 fmt::format("relation \"{}\" already exists in schema \"{}\"", relation.name,
                             SchemaName(input, schema)));
}

}  // namespace

std::string SetSchema(const PgQuery__AlterObjectSchemaStmt& statement, CommandInput& input) {
  std::string tag;
  switch (statement.object_type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE: tag = "ALTER TABLE"; break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW: tag = "ALTER VIEW"; break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW: tag = "ALTER MATERIALIZED VIEW"; break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE: tag = "ALTER SEQUENCE"; break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN: return SetTypeSchema(statement, input);
    case PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY: return MoveOperatorFamily(statement, input);
    default:
      if (ClassOfObjectType(statement.object_type) != kInvalidOid) {
        return MoveSchemaObject(statement, input);
      }
      ThrowNotSupported("SET SCHEMA of this kind of object");
  }
  const RelationPtr relation =
      LockRelation(input, *statement.relation, txn::RelationLockMode::kAccessExclusive,
                   statement.missing_ok);
  if (relation == nullptr) {
    SendNotice(input, fmt::format("relation \"{}\" does not exist, skipping",
                                  TextOf(statement.relation->relname)));
    return tag;
  }
  RequireOwner(input, *relation);
  const Oid schema =
      catalog::RequireSchema(*input.editor.Current(), TextOf(statement.newschema)).oid;
  LockSchema(input, schema, /*exclusive=*/false);
  if (schema == relation->schema) return tag;
  CheckNewSchema(input, *relation, schema);
  MoveRelation(input, relation, {schema, relation->name});
  for (const Oid oid : relation->indexes) {
    const RelationPtr index = Reread(input, oid);
    MoveRelation(input, index, {schema, index->name});
  }
  for (const Oid oid : OwnedSequences(input, *relation)) {
    const RelationPtr sequence = Reread(input, oid);
    MoveRelation(input, sequence, {schema, sequence->name});
  }
  return tag;
}

std::string SetOwner(const PgQuery__AlterOwnerStmt& statement, CommandInput& input) {
  const Oid owner = ResolveRole(input, *statement.newowner)->oid;
  if (statement.object_type == PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA) {
    const std::string name = NamesOf(*statement.object).back();
    LockSchemaName(input, name);
    catalog::Schema schema = catalog::RequireSchema(*input.editor.Current(), name);
    RequireSchemaOwner(input, schema);
    schema.owner = owner;
    input.editor.PutSchema(std::move(schema));
    return "ALTER SCHEMA";
  }
  if (statement.object_type == PG_QUERY__OBJECT_TYPE__OBJECT_TYPE ||
      statement.object_type == PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN) {
    return SetTypeOwner(statement, input, owner);
  }
  if (ClassOfObjectType(statement.object_type) != kInvalidOid) {
    return ChangeObjectOwner(statement, input, owner);
  }
  if (statement.object_type == PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY) {
    return ChangeFamilyOwner(statement, input, owner);
  }
  if (statement.object_type != PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE) {
    ThrowNotSupported("OWNER TO of this kind of object");
  }
  const std::string name = NamesOf(*statement.object).back();
  const auto found = input.shared.FindDatabase(name);
  if (found == nullptr) {
    throw SqlError(SqlState::kInvalidCatalogName,
                   fmt::format("database \"{}\" does not exist", name));
  }
  catalog::Database database = *found;
  RequireSuperuser(input, fmt::format("must be owner of database {}", name));
  database.owner = owner;
  input.shared.AlterDatabase(database);
  return "ALTER DATABASE";
}

}  // namespace grizzly::commands
