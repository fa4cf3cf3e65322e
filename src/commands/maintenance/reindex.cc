#include "commands/maintenance/reindex.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "catalog/inheritance.h"
#include "commands/ast_read.h"
#include "commands/relation_lookup.h"
#include "commands/table/table_rewrite.h"

namespace grizzly::commands {
namespace {

using catalog::Relation;
using catalog::RelationPtr;

struct ReindexOptions {
  bool verbose = false;
  bool concurrently = false;
};

// Time used since it was made, as PostgreSQL prints it.
class UsedTime {
 public:
  std::string Text() const {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began_;
    const rusage now = Usage();
    return fmt::format("CPU: user: {:.2f} s, system: {:.2f} s, elapsed: {:.2f} s",
                       Seconds(now.ru_utime) - Seconds(usage_.ru_utime),
                       Seconds(now.ru_stime) - Seconds(usage_.ru_stime), elapsed.count());
  }

 private:
  static rusage Usage() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage;
  }
  static double Seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  }

  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  rusage usage_ = Usage();
};

// VERBOSE. A rebuild that lets others work names the schema, too.
void Report(CommandInput& input, const ReindexOptions& options, std::string_view kind,
            const Relation& relation, bool with_schema, const std::string& detail) {
  if (!options.verbose) return;
  const std::string schema =
      with_schema ? input.editor.Current()->FindSchema(relation.schema)->name + "." : "";
  SendNotice(input, fmt::format("{} \"{}{}\" was reindexed", kind, schema, relation.name), detail,
             Severity::kInfo);
}

void RebuildIndex(CommandInput& input, Oid oid, const ReindexOptions& options) {
  const UsedTime used;
  LockRelationByOid(input, oid, txn::RelationLockMode::kAccessExclusive);
  const RelationPtr index = Reread(input, oid);
  if (index->kind == catalog::RelationKind::kPartitionedIndex) {
    for (const RelationPtr& part : catalog::ChildrenOf(*input.editor.Current(), oid)) {
      RebuildIndex(input, part->oid, options);
    }
    return;
  }
  if (index->index->clustered_by) {  // it is the table itself
    return Report(input, options, "index", *index, options.concurrently, used.Text());
  }
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
  Report(input, options, "index", *index, options.concurrently, used.Text());
}

void RebuildIndexesOf(CommandInput& input, const Relation& table, const ReindexOptions& options) {
  for (const Oid index : table.indexes) RebuildIndex(input, index, options);
}

ReindexOptions ReadOptions(CommandInput& input, const PgQuery__ReindexStmt& statement) {
  ReindexOptions read;
  for (const Option& option : OptionsOf(ListOf(statement.params, statement.n_params))) {
    if (option.name == "verbose") {
      read.verbose = OptionBool(option);
      continue;
    }
    if (option.name == "concurrently") {
      read.concurrently = OptionBool(option);
      if (read.concurrently) RefuseInTransactionBlock(input, "REINDEX CONCURRENTLY");
      continue;
    }
    if (option.name == "tablespace") {
      ThrowNotSupported("REINDEX " + option.name, option.location);
    }
    throw SqlError(SqlState::kSyntaxError,
                   fmt::format("unrecognized REINDEX option \"{}\"", option.name))
        .At(option.location);
  }
  return read;
}

void ReindexTablesOf(CommandInput& input, Oid schema, const ReindexOptions& options) {
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
    RebuildIndexesOf(input, *table, options);
    Report(input, options, "table", *table, /*with_schema=*/true, "");
  }
}

// The indexes of a schema, or of the database. Those of the system catalogs are not stored.
void ReindexMany(CommandInput& input, const PgQuery__ReindexStmt& statement,
                 const ReindexOptions& options) {
  const std::string_view name = TextOf(statement.name);
  if (statement.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA) {
    RefuseInTransactionBlock(input, "REINDEX SCHEMA");
    const catalog::Schema schema = catalog::RequireSchema(*input.editor.Current(), name);
    RequireSchemaOwner(input, schema);
    return ReindexTablesOf(input, schema.oid, options);
  }
  const bool is_system = statement.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SYSTEM;
  RefuseInTransactionBlock(input, is_system ? "REINDEX SYSTEM" : "REINDEX DATABASE");
  if (name != input.services->CurrentDatabase()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "can only reindex the currently open database");
  }
  if (!is_system) ReindexTablesOf(input, kInvalidOid, options);
}

}  // namespace

std::string Reindex(const PgQuery__ReindexStmt& statement, CommandInput& input) {
  const UsedTime used;
  const ReindexOptions options = ReadOptions(input, statement);
  if (statement.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE) {
    const RelationPtr table =
        LockRelation(input, *statement.relation, txn::RelationLockMode::kShare);
    RequireTable(*table);
    RequireOwner(input, *table);
    RebuildIndexesOf(input, *table, options);
    if (options.concurrently) {
      Report(input, options, "table", *table, /*with_schema=*/true, used.Text() + ".");
    }
    return "REINDEX";
  }
  if (statement.kind != PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX) {
    ReindexMany(input, statement, options);
    return "REINDEX";
  }
  const RelationPtr seen =
      LockRelation(input, *statement.relation, txn::RelationLockMode::kAccessShare);
  if (!seen->index.has_value()) {
    throw SqlError(SqlState::kWrongObjectType, fmt::format("\"{}\" is not an index", seen->name));
  }
  RequireOwner(input, *seen);
  LockRelationByOid(input, seen->index->table, txn::RelationLockMode::kShare);
  RebuildIndex(input, seen->oid, options);
  return "REINDEX";
}

}  // namespace grizzly::commands
