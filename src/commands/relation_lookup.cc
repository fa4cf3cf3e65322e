#include "commands/relation_lookup.h"

#include "base/error/check.h"
#include "catalog/object_text.h"
#include "executor/constraint/transaction_checks.h"
#include "catalog/schema_lookup.h"
#include "facts/oid.h"
#include "storage/key/key_layout.h"

namespace grizzly::commands {
namespace {

using catalog::RelationPtr;

constexpr Oid kDatabaseOwnerRole = 6171;  // pg_database_owner

void RefuseOtherDatabase(CommandInput& input, std::string_view catalog_name,
                         std::string_view schema, std::string_view name, int location) {
  if (catalog_name.empty() || catalog_name == input.services->CurrentDatabase()) return;
  throw SqlError(SqlState::kFeatureNotSupported,
                 fmt::format("cross-database references are not implemented: \"{}.{}.{}\"",
                             catalog_name, schema, name))
      .At(location);
}

RelationPtr Find(CommandInput& input, const QualifiedName& name) {
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  if (name.schema.empty()) return input.search_path.FindRelation(*snapshot, name.name);
  const catalog::Schema* schema = catalog::FindSchema(*snapshot, input.search_path, name.schema);
  return schema == nullptr ? nullptr : snapshot->FindRelation(schema->oid, name.name);
}

[[noreturn]] void ThrowNoRelation(const QualifiedName& name, int location) {
  throw SqlError(SqlState::kUndefinedTable,
                 name.schema.empty()
                     ? fmt::format("relation \"{}\" does not exist", name.name)
                     : fmt::format("relation \"{}.{}\" does not exist", name.schema, name.name))
      .At(location);
}

std::string SchemaTagName(Oid schema) { return fmt::format("s:{}", schema); }

bool OwnsSchema(CommandInput& input, const catalog::Schema& schema) {
  if (input.is_superuser || schema.owner == input.current_role) return true;
  if (schema.owner != kDatabaseOwnerRole) return false;
  const auto database = input.shared.FindDatabase(input.services->CurrentDatabase());
  return database != nullptr && database->owner == input.current_role;
}

}  // namespace

void LockSchema(CommandInput& input, Oid schema, bool exclusive) {
  input.transaction.LockTag(txn::LockTag::Name(input.tenant, SchemaTagName(schema)), exclusive);
}

void LockSchemaName(CommandInput& input, std::string_view name) {
  input.transaction.LockTag(txn::LockTag::Name(input.tenant, fmt::format("n:{}", name)), true);
}

void LockChosenName(CommandInput& input, Oid schema, std::string_view name) {
  input.transaction.LockTag(
      txn::LockTag::Name(input.tenant, fmt::format("r:{}.{}", schema, name)), true);
}

namespace {

// Where it goes; *persistence becomes what that makes of it.
Oid ChooseSchema(CommandInput& input, std::string_view schema_name, int location,
                 char* persistence) {
  if (schema_name.empty()) {
    if (*persistence == 't') return input.make_temporary_schema();
    if (input.creation_schema == kInvalidOid) {
      throw SqlError(SqlState::kInvalidSchemaName, "no schema has been selected to create in")
          .At(location);
    }
  }
  const Oid schema =
      schema_name.empty()                              ? input.creation_schema
      : schema_name == catalog::kTemporarySchemaAlias ? input.make_temporary_schema()
          : catalog::RequireSchema(*input.editor.Current(), schema_name, location).oid;
  const std::string& name = input.editor.Current()->FindSchema(schema)->name;
  const bool is_temporary = name.starts_with(catalog::kTemporarySchemaPrefix);
  if (!is_temporary && *persistence == 't') {
    throw SqlError(SqlState::kInvalidTableDefinition,
                   "cannot create temporary relation in non-temporary schema")
        .At(location);
  }
  if (!is_temporary) return schema;
  if (schema != input.make_temporary_schema()) {
    throw SqlError(SqlState::kInvalidTableDefinition,
                   "cannot create relations in temporary schemas of other sessions")
        .At(location);
  }
  if (*persistence == 'u') {
    throw SqlError(SqlState::kInvalidTableDefinition,
                   "only temporary relations may be created in temporary schemas")
        .At(location);
  }
  *persistence = 't';
  return schema;
}

// PostgreSQL finds it only when it writes the new rows of its catalogs: pg_type's, or, if one of the two has none
// there, pg_class's.
void RefuseMadeMeanwhile(CommandInput& input, Oid schema, std::string_view name, NewRelation made) {
  const RelationPtr other = input.editor.Current()->FindRelation(schema, name);
  if (other == nullptr) return;
  const bool both_have_types = made == NewRelation::kWithRowType &&
                               other->kind != catalog::RelationKind::kSequence && !other->index.has_value();
  const std::string_view catalog = both_have_types ? "pg_type" : "pg_class";
  const std::string_view column = both_have_types ? "typ" : "rel";
  const std::string constraint = fmt::format("{}_{}name_nsp_index", catalog, column);
  throw SqlError(SqlState::kUniqueViolation,
                 fmt::format("duplicate key value violates unique constraint \"{}\"", constraint))
      .Detail(fmt::format("Key ({0}name, {0}namespace)=({1}, {2}) already exists.", column, name, schema))
      .Schema("pg_catalog")
      .Table(std::string(catalog))
      .Constraint(constraint);
}

}  // namespace

CreationTarget LockNewName(CommandInput& input, const PgQuery__RangeVar& target, NewRelation made) {
  const std::string_view written = TextOf(target.relpersistence);
  return LockNewName(input, target, written.empty() ? 'p' : written[0], made);
}

CreationTarget LockNewName(CommandInput& input, const PgQuery__RangeVar& target,
                           char persistence, NewRelation made) {
  const std::string_view schema_name = TextOf(target.schemaname);
  const std::string_view name = TextOf(target.relname);
  // What is temporary although not written so is complained about without a place.
  const std::string_view written = TextOf(target.relpersistence);
  const bool as_written = (written.empty() ? 'p' : written[0]) == persistence;
  const int location = as_written ? target.location : -1;
  RefuseOtherDatabase(input, TextOf(target.catalogname), schema_name, name, location);
  const Oid schema_oid = ChooseSchema(input, schema_name, location, &persistence);
  LockSchema(input, schema_oid, /*exclusive=*/false);
  const catalog::SnapshotPtr snapshot = input.editor.Current();
  const catalog::Schema* schema = snapshot->FindSchema(schema_oid);
  if (schema == nullptr) {
    throw SqlError(SqlState::kInvalidSchemaName,
                   fmt::format("schema \"{}\" does not exist", schema_name));
  }
  if (schema_oid < kFirstUserOid && schema_oid != facts::kPublicNamespaceOid) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("permission denied to create \"{}.{}\"", schema->name, name))
        .Detail("System catalog modifications are currently disallowed.");
  }
  if (persistence != 't' && !OwnsSchema(input, *schema)) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("permission denied for schema {}", schema->name))
        .At(location);
  }
  const bool was_there = snapshot->FindRelation(schema_oid, name) != nullptr;
  LockChosenName(input, schema_oid, name);
  if (!was_there) RefuseMadeMeanwhile(input, schema_oid, name, made);
  return {schema_oid, std::string(name), persistence};
}

RelationPtr LockRelation(CommandInput& input, const QualifiedName& name,
                         txn::RelationLockMode mode, bool missing_ok, int location) {
  while (true) {
    const RelationPtr found = Find(input, name);
    if (found == nullptr) {
      if (missing_ok) return nullptr;
      ThrowNoRelation(name, location);
    }
    const txn::LockOutcome outcome =
        input.transaction.LockRelation(input.tenant, found->oid, mode);
    const RelationPtr again = Find(input, name);
    if (again != nullptr && again->oid == found->oid) return again;
    GRIZZLY_CHECK(outcome != txn::LockOutcome::kNotAvailable);
  }
}

RelationPtr LockRelation(CommandInput& input, const PgQuery__RangeVar& name,
                         txn::RelationLockMode mode, bool missing_ok) {
  RefuseOtherDatabase(input, TextOf(name.catalogname), TextOf(name.schemaname),
                      TextOf(name.relname), name.location);
  return LockRelation(
      input, {std::string(TextOf(name.schemaname)), std::string(TextOf(name.relname))}, mode,
      missing_ok, -1);
}

void LockRelationByOid(CommandInput& input, Oid relation, txn::RelationLockMode mode) {
  input.transaction.LockRelation(input.tenant, relation, mode);
}

RelationPtr Reread(CommandInput& input, Oid relation) {
  RelationPtr found = input.editor.Current()->FindRelation(relation);
  GRIZZLY_CHECK(found != nullptr);
  return found;
}

void RequireOwner(CommandInput& input, const catalog::Relation& relation) {
  if (relation.oid < kFirstUserOid) {
    throw SqlError(SqlState::kInsufficientPrivilege,
                   fmt::format("permission denied: \"{}\" is a system catalog", relation.name));
  }
  if (input.is_superuser || relation.owner == input.current_role) return;
  throw SqlError(SqlState::kInsufficientPrivilege,
                 fmt::format("must be owner of {} {}", catalog::RelationKindName(relation.kind),
                             relation.name));
}

void RequireSchemaOwner(CommandInput& input, const catalog::Schema& schema) {
  if (OwnsSchema(input, schema)) return;
  throw SqlError(SqlState::kInsufficientPrivilege,
                 fmt::format("must be owner of schema {}", schema.name));
}

void RequireSuperuser(CommandInput& input, std::string_view message) {
  if (input.is_superuser) return;
  throw SqlError(SqlState::kInsufficientPrivilege, std::string(message));
}

void RequireNothingOwed(CommandInput& input, const catalog::Relation& relation,
                        std::string_view command) {
  if (input.checks == nullptr || !input.checks->OwesFor(relation.oid)) return;
  throw SqlError(SqlState::kObjectInUse,
                 fmt::format("cannot {} \"{}\" because it has pending trigger events", command,
                             relation.name));
}

void RequireTable(const catalog::Relation& relation) {
  if (relation.kind == catalog::RelationKind::kTable || relation.kind == catalog::RelationKind::kPartitionedTable) return;
  throw SqlError(SqlState::kWrongObjectType, fmt::format("\"{}\" is not a table", relation.name));
}

void RefuseInTransactionBlock(const CommandInput& input, std::string_view statement) {
  if (!input.in_transaction_block && input.transaction.has_writes()) {
    throw SqlError(SqlState::kActiveSqlTransaction,
                   fmt::format("{} cannot be executed within a pipeline", statement));
  }
  if (!input.in_transaction_block) return;
  throw SqlError(SqlState::kActiveSqlTransaction,
                 fmt::format("{} cannot run inside a transaction block", statement));
}

std::string NotSupportedDetail(catalog::RelationKind kind) {
  const auto plural = [&]() -> std::string_view {
    switch (kind) {
      case catalog::RelationKind::kTable: return "tables";
      case catalog::RelationKind::kIndex: return "indexes";
      case catalog::RelationKind::kSequence: return "sequences";
      case catalog::RelationKind::kView: return "views";
      case catalog::RelationKind::kMaterializedView: return "materialized views";
      case catalog::RelationKind::kCompositeType: return "composite types";
      case catalog::RelationKind::kPartitionedTable: return "partitioned tables";
      case catalog::RelationKind::kPartitionedIndex: return "partitioned indexes";
      case catalog::RelationKind::kForeignTable: return "foreign tables";
    }
    return "this kind of relation";
  };
  return fmt::format("This operation is not supported for {}.", plural());
}

const catalog::Column& RequireColumn(const catalog::Relation& relation, std::string_view name) {
  const catalog::Column* column = relation.FindColumn(name);
  if (column != nullptr) return *column;
  throw SqlError(SqlState::kUndefinedColumn,
                 fmt::format("column \"{}\" of relation \"{}\" does not exist", name,
                             relation.name));
}

KeyRange RangeOfStorage(TenantId tenant, StorageId storage) {
  std::string head;
  storage::AppendKeyHead(&head, tenant, storage, IndexId{0});
  head.resize(storage::kKeyHeadBytes - sizeof(uint32_t));
  return {head, storage::PrefixSuccessor(head)};
}

KeyRange RangeOfIndex(TenantId tenant, StorageId storage, IndexId index) {
  std::string head;
  storage::AppendKeyHead(&head, tenant, storage, index);
  return {head, storage::PrefixSuccessor(head)};
}

StorageId NewStorage(CommandInput& input) {
  const StorageId storage = input.editor.NewStorage();
  KeyRange range = RangeOfStorage(input.tenant, storage);
  input.transaction.DropRangeAtRollback(std::move(range.from), std::move(range.to));
  return storage;
}

void DropStorageAtCommit(CommandInput& input, const catalog::Relation& relation) {
  KeyRange range = RangeOfStorage(input.tenant, relation.storage);
  const catalog::RelationPtr after = input.editor.Current()->FindRelation(relation.oid);
  if (after != nullptr && after->storage != relation.storage) {
    input.transaction.MoveNotedReads(range.from, RangeOfStorage(input.tenant, after->storage).from);
  }
  input.transaction.DropRangeAtCommit(std::move(range.from), std::move(range.to));
}

void DropIndexAtCommit(CommandInput& input, const catalog::Relation& table, IndexId index) {
  KeyRange range = RangeOfIndex(input.tenant, table.storage, index);
  input.transaction.MoveNotedReads(range.from, RangeOfStorage(input.tenant, table.storage).from);
  input.transaction.DropRangeAtCommit(std::move(range.from), std::move(range.to));
}

void SendNotice(CommandInput& input, std::string message, std::string detail, Severity severity,
                SqlState state) {
  if (!input.notice) return;
  Diagnostic notice;
  notice.severity = severity;
  notice.state = state;
  notice.message = std::move(message);
  notice.detail = std::move(detail);
  input.notice(std::move(notice));
}

}  // namespace grizzly::commands
