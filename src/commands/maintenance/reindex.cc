#include "commands/maintenance/reindex.h"

#include <algorithm>

#include "catalog/inheritance.h"
#include "commands/ast_read.h"
#include "commands/relation_lookup.h"
#include "commands/table/table_rewrite.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;

void RebuildIndex(CommandInput& input, Oid oid) {
  LockRelationByOid(input, oid, txn::RelationLockMode::kAccessExclusive);
  const RelationPtr index = Reread(input, oid);
  if (index->kind == catalog::RelationKind::kPartitionedIndex) {
    for (const RelationPtr& part : catalog::ChildrenOf(*input.editor.Current(), oid)) {
      RebuildIndex(input, part->oid);
    }
    return;
  }
  if (index->index->clustered_by) return;
  const RelationPtr table = Reread(input, index->index->table);
  const IndexId old_index = index->index->index_id;
  Relation changed = *index;
  changed.storage = input.editor.NewStorage();
  changed.index->index_id = IndexId{changed.storage.value};
  KeyRange entries = RangeOfIndex(table->tenant, table->storage, changed.index->index_id);
  input.transaction.MarkYoungAtCommit(entries.from);
  input.transaction.DropRangeAtRollback(std::move(entries.from), std::move(entries.to));
  FillIndex(input, table, input.editor.PutRelation(std::move(changed)));
  DropIndexAtCommit(input, *table, old_index);
}

void ReadOptions(CommandInput& input, const PgQuery__ReindexStmt& statement) {
  for (const Option& option : OptionsOf(ListOf(statement.params, statement.n_params))) {
    if (option.name == "verbose") continue;
    if (option.name == "concurrently") {
      if (OptionBool(option)) RefuseInTransactionBlock(input, "REINDEX CONCURRENTLY");
      continue;
    }
    if (option.name == "tablespace") {
      ThrowNotSupported("REINDEX " + option.name, option.location);
    }
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("unrecognized REINDEX option \"{}\"", option.name))
        .At(option.location);
  }
}

void ReindexTablesOf(CommandInput& input, Oid schema) {
  std::vector<Oid> tables;
  input.editor.Current()->ForEachRelation([&](const RelationPtr& relation) {
    const bool meant = relation->oid >= kFirstUserOid && relation->HasRows() &&
                       (schema == kInvalidOid || relation->schema == schema);
    if (meant && (input.is_superuser || relation->owner == input.current_role)) {
      tables.push_back(relation->oid);
    }
  });
  std::sort(tables.begin(), tables.end());
  for (const Oid oid : tables) {
    LockRelationByOid(input, oid, txn::RelationLockMode::kShare);
    const RelationPtr table = input.editor.Current()->FindRelation(oid);
    if (table == nullptr) continue;  // dropped while we waited
    for (const Oid index : table->indexes) RebuildIndex(input, index);
  }
}

// The indexes of a schema, or of the database. Those of the system catalogs are not stored.
void ReindexMany(CommandInput& input, const PgQuery__ReindexStmt& statement) {
  const std::string_view name = TextOf(statement.name);
  if (statement.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA) {
    RefuseInTransactionBlock(input, "REINDEX SCHEMA");
    const catalog::Schema schema = catalog::RequireSchema(*input.editor.Current(), name);
    RequireSchemaOwner(input, schema);
    return ReindexTablesOf(input, schema.oid);
  }
  const bool is_system = statement.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SYSTEM;
  RefuseInTransactionBlock(input, is_system ? "REINDEX SYSTEM" : "REINDEX DATABASE");
  if (name != input.services->CurrentDatabase()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "can only reindex the currently open database");
  }
  if (!is_system) ReindexTablesOf(input, kInvalidOid);
}

}  // namespace

std::string Reindex(const PgQuery__ReindexStmt& statement, CommandInput& input) {
  ReadOptions(input, statement);
  if (statement.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE) {
    const RelationPtr table =
        LockRelation(input, *statement.relation, txn::RelationLockMode::kShare);
    RequireTable(*table);
    RequireOwner(input, *table);
    for (const Oid index : table->indexes) RebuildIndex(input, index);
    return "REINDEX";
  }
  if (statement.kind != PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX) {
    ReindexMany(input, statement);
    return "REINDEX";
  }
  const RelationPtr seen =
      LockRelation(input, *statement.relation, txn::RelationLockMode::kAccessShare);
  if (!seen->index.has_value()) {
    throw SqlError(SqlState::kWrongObjectType, fmt::format("\"{}\" is not an index", seen->name));
  }
  RequireOwner(input, *seen);
  LockRelationByOid(input, seen->index->table, txn::RelationLockMode::kShare);
  RebuildIndex(input, seen->oid);
  return "REINDEX";
}

}  // namespace grizzly::commands
