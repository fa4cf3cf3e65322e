#include "commands/maintenance/reindex.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "catalog/inheritance.h"
#include "commands/ast_read.h"
#include "commands/beside_transaction.h"
#include "commands/index/concurrent_index.h"
#include "commands/relation_lookup.h"
#include "commands/table/table_rewrite.h"
#include "facts/oid.h"

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
  changed.index->valid = changed.index->ready = true;
  changed.index->filling = false;
  changed.storage = input.editor.NewStorage();
  changed.index->index_id = IndexId{changed.storage.value};
  KeyRange entries = RangeOfIndex(table->tenant, table->storage, changed.index->index_id);
  input.transaction.MarkYoungAtCommit(entries.from);
  input.transaction.DropRangeAtRollback(std::move(entries.from), std::move(entries.to));
  FillIndex(input, table, input.editor.PutRelation(std::move(changed)));
  DropIndexAtCommit(input, *table, old_index);
  Report(input, options, "index", *index, options.concurrently, used.Text());
}

// Its table is locked to the end of the index only, so that a REINDEX of many tables holds up nobody for long.
void RebuildIndexBesideUsers(CommandInput& input, Oid oid, const ReindexOptions& options) {
  const UsedTime used;
  const RelationPtr seen = input.editor.Current()->FindRelation(oid);
  if (seen == nullptr) return;  // dropped while we waited
  if (seen->kind == catalog::RelationKind::kPartitionedIndex) {
    for (const RelationPtr& part : catalog::ChildrenOf(*input.editor.Current(), oid)) {
      RebuildIndexBesideUsers(input, part->oid, options);
    }
    return;
  }
  BesideTransaction holder(input);
  LockRelationByOid(holder.input(), seen->index->table,
                    txn::RelationLockMode::kShareUpdateExclusive);
  LockRelationByOid(holder.input(), oid, txn::RelationLockMode::kShareUpdateExclusive);
  const RelationPtr index = input.editor.Current()->FindRelation(oid);
  if (index == nullptr) return;
  if (index->index->exclusion) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "concurrent index creation for exclusion constraints is not supported");
  }
  if (!index->index->clustered_by) RebuildIndexConcurrently(holder.input(), oid);
  Report(input, options, "index", *index, options.concurrently, used.Text());
}

// A table's index that is left as it is, which is said.
bool IsSkipped(CommandInput& input, const Relation& index) {
  const bool is_invalid = !index.index->valid;
  if (!is_invalid && !index.index->exclusion) return false;
  SendNotice(input,
             fmt::format("cannot reindex {} index \"{}.{}\" concurrently, skipping",
                         is_invalid ? "invalid" : "exclusion constraint",
                         input.editor.Current()->FindSchema(index.schema)->name, index.name),
             "", Severity::kWarning, SqlState::kFeatureNotSupported);
  return true;
}

// Whether there was any.
bool RebuildIndexesBesideUsers(CommandInput& input, const Relation& table,
                               const ReindexOptions& options) {
  bool any = false;
  for (const Oid oid : table.indexes) {
    const RelationPtr index = input.editor.Current()->FindRelation(oid);
    if (index == nullptr || IsSkipped(input, *index)) continue;
    RebuildIndexBesideUsers(input, oid, options);
    any = true;
  }
  return any;
}

// Temporary tables have no users but us.
bool IsBesideUsers(const Relation& relation, const ReindexOptions& options) {
  return options.concurrently && relation.persistence != 't';
}

bool RebuildIndexesOf(CommandInput& input, const Relation& table, const ReindexOptions& options) {
  if (IsBesideUsers(table, options)) return RebuildIndexesBesideUsers(input, table, options);
  for (const Oid index : table.indexes) RebuildIndex(input, index, options);
  return !table.indexes.empty();
}

// PostgreSQL keeps long values of such a table in another one, and that has an index.
bool HasToastTable(const Relation& table) {
  constexpr int32_t kLongTypmod = 500;
  return std::any_of(table.columns.begin(), table.columns.end(), [](const catalog::Column& column) {
    const bool is_short = column.type.typmod >= 0 && column.type.typmod < kLongTypmod;
    return !column.dropped && column.storage != 'p' && !is_short;
  });
}

txn::RelationLockMode TableLockOf(const ReindexOptions& options) {
  return options.concurrently ? txn::RelationLockMode::kAccessShare
                              : txn::RelationLockMode::kShare;
}

void RefuseConcurrentCatalogs(const ReindexOptions& options, bool is_catalog) {
  if (!options.concurrently || !is_catalog) return;
  throw SqlError(SqlState::kFeatureNotSupported, "cannot reindex system catalogs concurrently");
}

void ReindexTable(CommandInput& input, const PgQuery__ReindexStmt& statement,
                  const ReindexOptions& options) {
  const UsedTime used;
  const RelationPtr table = LockRelation(input, *statement.relation, TableLockOf(options));
  RequireTable(*table);
  RefuseConcurrentCatalogs(options, table->oid < kFirstUserOid);
  RequireOwner(input, *table);
  const bool any = RebuildIndexesOf(input, *table, options);
  if (!any && !table->IsPartitioned() && !HasToastTable(*table)) {
    SendNotice(input, fmt::format("table \"{}\" has no indexes {}", table->name,
                                  options.concurrently ? "that can be reindexed concurrently"
                                                       : "to reindex"));
  }
  if (any && options.concurrently) {
    Report(input, options, "table", *table, /*with_schema=*/true, used.Text() + ".");
  }
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
    LockRelationByOid(input, oid, TableLockOf(options));
    const RelationPtr table = input.editor.Current()->FindRelation(oid);
    if (table == nullptr) continue;  // dropped while we waited
    RebuildIndexesOf(input, *table, options);
    Report(input, options, "table", *table, /*with_schema=*/true, "");
  }
}

void WarnOfCatalogs(CommandInput& input) {
  SendNotice(input, "cannot reindex system catalogs concurrently, skipping all", "",
             Severity::kWarning, SqlState::kFeatureNotSupported);
}

// The indexes of a schema, or of the database. Those of the system catalogs are not stored.
void ReindexMany(CommandInput& input, const PgQuery__ReindexStmt& statement,
                 const ReindexOptions& options) {
  const std::string_view name = TextOf(statement.name);
  if (statement.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA) {
    RefuseInTransactionBlock(input, "REINDEX SCHEMA");
    const catalog::Schema schema = catalog::RequireSchema(*input.editor.Current(), name);
    RequireSchemaOwner(input, schema);
    if (options.concurrently && schema.oid == facts::kPgCatalogNamespaceOid) {
      return WarnOfCatalogs(input);
    }
    return ReindexTablesOf(input, schema.oid, options);
  }
  const bool is_system = statement.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SYSTEM;
  RefuseConcurrentCatalogs(options, is_system);
  RefuseInTransactionBlock(input, is_system ? "REINDEX SYSTEM" : "REINDEX DATABASE");
  if (name != input.services->CurrentDatabase()) {
    throw SqlError(SqlState::kFeatureNotSupported,
                   "can only reindex the currently open database");
  }
  if (options.concurrently) WarnOfCatalogs(input);
  if (!is_system) ReindexTablesOf(input, kInvalidOid, options);
}

}  // namespace

std::string Reindex(const PgQuery__ReindexStmt& statement, CommandInput& input) {
  const ReindexOptions options = ReadOptions(input, statement);
  if (statement.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE) {
    ReindexTable(input, statement, options);
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
  RefuseConcurrentCatalogs(options, seen->oid < kFirstUserOid);
  RequireOwner(input, *seen);
  if (IsBesideUsers(*seen, options)) {
    RebuildIndexBesideUsers(input, seen->oid, options);
    return "REINDEX";
  }
  LockRelationByOid(input, seen->index->table, txn::RelationLockMode::kShare);
  RebuildIndex(input, seen->oid, options);
  return "REINDEX";
}

}  // namespace grizzly::commands
